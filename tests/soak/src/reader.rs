//! Reads all topics as a downstream reader does, committed records only, and hands them to the oracle as they become visible.

use std::time::Duration;

use events::Topic;
use stream::kafka::{KafkaSettings, KafkaTap};
use stream::{Exit, Raw, TableReader};

/// How long brokers may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A reader of many topics.
pub(crate) struct Reader(Vec<KafkaTap>);

impl Reader {
    /// Reads from the start of these topics.
    ///
    /// # Errors
    /// One cannot be read.
    pub(crate) fn new(settings: &KafkaSettings, topics: &[Topic]) -> Result<Self, Exit> {
        // Brokers that have just started on a busy machine take their time, and so may every later answer.
        let mut settings = settings.clone();
        settings.patience.request = PATIENCE;
        let mut taps = Vec::new();
        for topic in topics {
            let mut tap = KafkaTap::new(&settings, "soak", *topic)?;
            // The first call waits for the ends, and finds nothing: nobody has written yet.
            tap.read()?;
            taps.push(tap);
        }
        Ok(Self(taps))
    }

    /// What has become visible.
    ///
    /// # Errors
    /// A topic can never be read again.
    pub(crate) fn read(&mut self) -> Result<Vec<Raw>, Exit> {
        let mut records = Vec::new();
        for tap in &mut self.0 {
            records.extend(tap.read()?);
        }
        Ok(records)
    }
}
