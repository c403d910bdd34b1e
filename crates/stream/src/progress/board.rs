//! What the roles say of their progress, for all workers of a process.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use events::{Codec, DecodeError, EventTime, Progress, Role, Topic};

use super::{Lane, Upstream};
use crate::{Exit, TableReader};

/// The highest progress read of each upstream. One reader posts it, every worker looks at it.
#[derive(Debug, Default)]
pub struct Board {
    read: Mutex<BTreeMap<Upstream, EventTime>>,
}

impl Board {
    /// Reads on in `progress`. What cannot be read, or is of a role that this version does not know, is let pass.
    ///
    /// # Errors
    /// The reader's own.
    pub fn refresh(&self, reader: &mut dyn TableReader, codec: &Codec) -> Result<(), Exit> {
        for raw in reader.read()?.into_iter().filter(|raw| raw.topic == Topic::Progress) {
            let Some(value) = raw.value.as_deref() else { continue };
            let mut progress = codec.decode::<Progress>(value);
            // Another version writes it: the next record says more, should its schema not be told now.
            if let Err(DecodeError::SchemaUnknown(_)) = progress
                && codec.look_up(value).is_ok()
            {
                progress = codec.decode(value);
            }
            let Ok(progress) = progress else { continue };
            let role = Role::ALL.into_iter().find(|role| role.name() == progress.role);
            if let Some((role, lane)) = role.zip(Lane::parse(&progress.lane)) {
                self.heard((role, lane, progress.partition), progress.handled_to);
            }
        }
        Ok(())
    }

    /// Takes over what an upstream says: the highest counts.
    pub fn heard(&self, upstream: Upstream, to: EventTime) {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let known = read.entry(upstream).or_default();
        *known = (*known).max(to);
    }

    /// Up to when an upstream's input is handled; the epoch before it has said anything.
    pub fn of(&self, upstream: Upstream) -> EventTime {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.get(&upstream).copied().unwrap_or_default()
    }
}
