//! One stage as a service over Kafka: its settings, its threads, its admin port, its end.
//!
//! The order of a start: settings are checked, all of them, before anything is connected; then probes are answered; then the
//! cluster is waited for, and refused when its topics are not as declared; then the workers join. The process ends when it
//! is told to, when its input does, or when a worker meets what no try can mend.

pub mod arguments;
mod background;
mod books;
mod control;
mod crew;
mod descriptors;
mod entrance;
mod process;
mod reading;
mod schemas;
mod settings;
mod topics;
mod world;

pub use books::Books;
pub use crew::Crew;
pub use entrance::Entrance;
pub use process::serve;
pub use reading::{ReadArguments, Reading, told};
pub use schemas::{Schemas, unregistered};
pub use settings::{ServiceArguments, ServiceSettings};
pub use topics::{alike, refused, touched};
