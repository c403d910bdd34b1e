//! One post before it becomes a line, and how it is written as JSON.

use std::fmt::Write;

use events::EventTime;

use crate::people::Author;

/// What the line says has happened to the post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Create,
    Edit,
    Delete,
}

/// A post, a change of it, or its removal.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub(crate) at: i64,
    pub(crate) source: &'static str,
    pub(crate) native_id: String,
    pub(crate) kind: Kind,
    pub(crate) revision: u8,
    pub(crate) author: Author,
    pub(crate) text: String,
    pub(crate) language: Option<&'static str>,
    pub(crate) thread: Option<String>,
    pub(crate) parent: Option<String>,
    pub(crate) owned_channel: bool,
    pub(crate) from_brand: bool,
    pub(crate) repost: bool,
    /// What a picture shows.
    pub(crate) picture: Option<&'static str>,
}

impl Post {
    /// Writes the post as one line of the input of `firebreak run`, without the newline.
    pub(crate) fn write(&self, line: &mut String) {
        line.push_str("{\"source\":\"");
        line.push_str(self.source);
        line.push_str("\",\"native_id\":");
        quote(&self.native_id, line);
        line.push_str(",\"published_at\":\"");
        write_text(line, format_args!("{}", EventTime::from_millis(self.at)));
        line.push('"');
        if self.revision > 0 {
            write_text(line, format_args!(",\"revision\":{}", self.revision));
        }
        match self.kind {
            Kind::Create => {}
            Kind::Edit => line.push_str(",\"kind\":\"edit\""),
            Kind::Delete => line.push_str(",\"kind\":\"delete\""),
        }
        self.write_author(line);
        if self.kind != Kind::Delete {
            self.write_content(line);
        }
        line.push('}');
    }

    fn write_author(&self, line: &mut String) {
        line.push_str(",\"author\":{\"id\":");
        quote(&self.author.id, line);
        if !self.author.handle.is_empty() {
            line.push_str(",\"handle\":");
            quote(&self.author.handle, line);
        }
        line.push_str(",\"name\":");
        quote(&self.author.name, line);
        if let Some(followers) = self.author.followers {
            write_text(line, format_args!(",\"followers\":{followers},\"verified\":{}", self.author.verified));
        }
        line.push('}');
    }

    fn write_content(&self, line: &mut String) {
        line.push_str(",\"text\":");
        quote(&self.text, line);
        if let Some(language) = self.language {
            write_text(line, format_args!(",\"language\":\"{language}\""));
        }
        if matches!(self.source, "x" | "news" | "reddit" | "bluesky" | "mastodon") {
            write_text(line, format_args!(",\"url\":\"https://{}.example/p/{}\"", self.source, self.native_id));
        }
        if let Some(thread) = &self.thread {
            line.push_str(",\"thread_id\":");
            quote(thread, line);
        }
        if let Some(parent) = &self.parent {
            line.push_str(",\"parent_id\":");
            quote(parent, line);
        }
        if self.owned_channel {
            line.push_str(",\"owned_channel\":true");
        }
        if self.from_brand {
            line.push_str(",\"from_brand\":true");
        }
        if self.repost {
            line.push_str(",\"repost\":true");
        }
        if let Some(shown) = self.picture {
            write_text(
                line,
                format_args!(
                    ",\"media\":[{{\"kind\":\"image\",\"url\":\"https://img.example/{}.jpg\",\"alt_text\":",
                    self.native_id
                ),
            );
            quote(shown, line);
            line.push_str("}]");
        }
        if let Some(followers) = self.author.followers {
            // Few of the followers see a single post.
            write_text(line, format_args!(",\"reach\":{}", followers / 6 + 3));
        }
    }
}

fn write_text(line: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a `String` can't fail.
    let written = line.write_fmt(text);
    debug_assert!(written.is_ok());
}

/// Appends the text as a JSON string.
pub(crate) fn quote(text: &str, line: &mut String) {
    line.push('"');
    let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if text.bytes().all(plain) {
        line.push_str(text);
    } else {
        for letter in text.chars() {
            match letter {
                '"' => line.push_str("\\\""),
                '\\' => line.push_str("\\\\"),
                '\n' => line.push_str("\\n"),
                control if control < ' ' => write_text(line, format_args!("\\u{:04x}", control as u32)),
                other => line.push(other),
            }
        }
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_survives_the_quoting() {
        for text in ["plain", "a \"b\" \\ c", "line\nbreak\ttab\u{1}", "émoji 😡 ü"] {
            let mut line = String::new();
            quote(text, &mut line);
            assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
        }
    }
}
