//! How topics are laid out: what every process of an installation must agree on.

use clap::{Args, ValueEnum};
use events::{PartitionCount, Topic};
use stream::kafka::Declared;
use stream::service::Clock;

use super::Mistakes;

/// How topics are laid out.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Topics")]
pub struct LayoutArguments {
    /// Partitions of every topic; never changed in place.
    #[arg(long, value_name = "N", default_value_t = PartitionCount::DEFAULT.get(), env = "FIREBREAK_PARTITIONS")]
    pub partitions: i32,
    /// Brokers that hold each partition.
    #[arg(long, value_name = "N", default_value_t = 3, env = "FIREBREAK_REPLICATION")]
    pub replication: i32,
    /// What drives time. By `input` the times of the input stand, so that a replay decides as the day itself did; topics then
    /// keep everything, for their records may be old.
    #[arg(long, value_enum, default_value = "wall", env = "FIREBREAK_CLOCK")]
    pub clock: ClockArgument,
}

/// What drives time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ClockArgument {
    /// The wall's clock.
    Wall,
    /// The times of the input.
    Input,
}

impl LayoutArguments {
    /// How many partitions every topic has; the default where the setting is wrong.
    pub fn count(&self, mistakes: &mut Mistakes) -> PartitionCount {
        if self.replication < 1 {
            mistakes.note(format!("`--replication {}` must be at least 1", self.replication));
        }
        PartitionCount::new(self.partitions).unwrap_or_else(|| {
            mistakes.note(format!("`--partitions {}` must be at least 1", self.partitions));
            PartitionCount::DEFAULT
        })
    }

    /// What drives time.
    pub const fn clock(&self) -> Clock {
        match self.clock {
            ClockArgument::Wall => Clock::Wall,
            ClockArgument::Input => Clock::Input,
        }
    }

    /// How these topics must be set up.
    pub fn declared(&self, topics: &[Topic], partitions: PartitionCount) -> Vec<Declared> {
        let declare = |topic: &Topic| {
            let declared = Declared::new(*topic, partitions, self.replication);
            if self.clock == ClockArgument::Input { declared.keeping_all() } else { declared }
        };
        topics.iter().map(declare).collect()
    }
}
