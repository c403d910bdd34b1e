//! Mentions by webhook: Standard Webhooks 1.0.0 over HTTP, answered with success only after the commit.
//!
//! What a message means is pure (`body.rs`, `answer.rs`); `server.rs` does the input and output. The body is
//! `{"type": "mention.created", "timestamp": "…", "data": {…}}`, where `data` is an input line or an array of them. What its
//! sender can mend at once is answered with 400; a line that can never become a mention is a dead letter like that of a file,
//! and the message succeeds.

mod answer;
mod body;
mod server;
mod settings;

pub use answer::Answer;
pub use body::{Unusable, lines};
pub use server::WebhookServer;
pub use settings::WebhookSettings;
