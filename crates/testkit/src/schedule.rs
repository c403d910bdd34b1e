//! An open loop: when each message is due, whatever became of those before it.
//!
//! Who waits for an answer before he sends the next message measures a system that is slow less often than one that is quick.
//! So times are counted from when a message was due, not from when it could be sent.

use std::ops::Range;
use std::time::Duration;

/// Mentions at a steady rate, in messages of the same size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    rate: u32,
    message: u32,
}

impl Schedule {
    /// `rate` mentions a second in at most `messages` messages a second; both at least 1.
    pub fn new(rate: u32, messages: u32) -> Self {
        let rate = rate.max(1);
        Self { rate, message: rate.div_ceil(messages.max(1)) }
    }

    /// Mentions a second.
    pub const fn rate(&self) -> u32 {
        self.rate
    }

    /// How many messages are due within `time`.
    pub fn messages(&self, time: Duration) -> usize {
        (time.as_secs_f64() * f64::from(self.rate) / f64::from(self.message)) as usize
    }

    /// The mentions of a message, by number.
    pub const fn mentions(&self, message: usize) -> Range<usize> {
        let size = self.message as usize;
        message * size..(message + 1) * size
    }

    /// When a message is due, after the beginning.
    pub fn due(&self, message: usize) -> Duration {
        Duration::from_secs_f64(message as f64 * f64::from(self.message) / f64::from(self.rate))
    }

    /// When a mention is due: with its message.
    pub fn due_of(&self, mention: usize) -> Duration {
        self.due(mention / self.message as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_evenly_and_carry_the_rate() {
        let slow = Schedule::new(20, 250);
        assert_eq!((slow.mentions(3), slow.due(3)), (3..4, Duration::from_millis(150)));
        let fast = Schedule::new(5_000, 250);
        assert_eq!((fast.mentions(2), fast.due(250)), (40..60, Duration::from_secs(1)));
        assert_eq!(fast.messages(Duration::from_secs(30)), 7_500);
    }

    #[test]
    fn a_rate_that_messages_do_not_divide_is_kept() {
        let uneven = Schedule::new(700, 250);
        let messages = uneven.messages(Duration::from_secs(60));
        assert_eq!(uneven.mentions(messages - 1).end, 42_000);
        assert!(uneven.due(messages - 1) < Duration::from_secs(60));
    }

    #[test]
    fn each_mention_is_due_with_the_one_message_that_carries_it() {
        let schedule = Schedule::new(1_234, 100);
        let mut next = 0;
        for message in 0..200 {
            for mention in schedule.mentions(message) {
                assert_eq!(mention, next);
                assert_eq!(schedule.due_of(mention), schedule.due(message));
                next += 1;
            }
        }
    }
}
