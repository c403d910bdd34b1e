//! The schema registry of a test process: Apicurio Registry with its Confluent-compatible API.

use std::sync::OnceLock;

use crate::script::Script;

/// A registry on loopback, empty at its start.
#[derive(Debug)]
pub struct TestRegistry {
    url: String,
    script: Script,
}

impl TestRegistry {
    /// The one that all tests of this process share: their subjects must differ.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<TestRegistry> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Starts one for a test that makes it stand still.
    ///
    /// # Panics
    /// With what is missing, when there is no registry within the script's patience.
    pub fn start() -> Self {
        let (script, url) = Script::serve("registry.sh", &[], &[], "");
        Self { url, script }
    }

    /// Where its Confluent-compatible API is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// It stands still: takes connections and answers nothing.
    pub fn pause(&self) {
        self.script.tell("pause");
    }

    /// It goes on.
    pub fn go_on(&self) {
        self.script.tell("cont");
    }
}
