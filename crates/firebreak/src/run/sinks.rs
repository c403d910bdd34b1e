//! What comes behind the five stages in a run: notifications on the console, and the file store when it is asked for.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use events::CallSubject;
use sink::{FileStore, Notify, Roll};

use super::roles::Lanes;

/// Adds the sinks: notifications, and the file store when there is a folder for it.
pub(super) fn add(lanes: &mut Lanes<'_>, files: Option<&Path>, console: bool) -> anyhow::Result<()> {
    let shown: Box<dyn Write + Send> = if console { Box::new(io::stderr()) } else { Box::new(io::sink()) };
    // A crisis brings thousands of clocks: the console shows what concerns the brand, the report counts the rest.
    lanes.add(Arc::new(Notify::new(shown).only(CallSubject::Incident)))?;
    if let Some(folder) = files {
        lanes.add_store(FileStore::create(folder, "run", Roll::default())?)?;
    }
    Ok(())
}
