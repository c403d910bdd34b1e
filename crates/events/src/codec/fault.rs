//! What is wrong with a record, and where in it.

use std::borrow::Cow;
use std::fmt;

/// An error of the reader or the writer. Boxed, so that the good way returns little.
#[derive(Debug)]
pub struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    what: Cow<'static, str>,
    /// Fields from the inside out.
    path: Vec<String>,
}

impl Fault {
    #[cold]
    pub(super) fn new(what: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { what: what.into(), path: Vec::new() }))
    }

    #[cold]
    pub(super) fn truncated() -> Self {
        Self::new("it ends too early")
    }

    #[cold]
    pub(super) fn no_text() -> Self {
        Self::new("a text is not UTF-8")
    }

    /// The same, seen from the record whose field `name` is at fault.
    #[cold]
    pub(super) fn within(mut self, name: &str) -> Self {
        self.0.path.push(name.to_owned());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.path.is_empty() {
            let path: Vec<&str> = self.0.path.iter().rev().map(String::as_str).collect();
            write!(f, "`{}`: ", path.join("."))?;
        }
        f.write_str(&self.0.what)
    }
}

impl std::error::Error for Fault {}

impl serde::de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

impl serde::ser::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}
