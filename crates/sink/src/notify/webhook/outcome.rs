//! What an answer means, and what comes next.

use std::time::Duration;

use stream::RejectReason;

/// A receiver that asks for more is asked again after this all the same.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The receiver has it.
    Delivered,
    /// The receiver answered with something else than success.
    Refused {
        /// Its status.
        status: u16,
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// There was no answer.
    Silent(Silence),
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Silence {
    /// It took too long.
    Timeout,
    /// No connection, or one that ended.
    Connection,
    /// The receiver could not prove who it is.
    Tls,
}

impl Outcome {
    /// What an answer means. `now` is in seconds since 1970, for a `Retry-After` that is a date.
    pub(super) fn of(status: u16, retry_after: Option<&str>, now: i64) -> Self {
        match status {
            200..=299 => Self::Delivered,
            status => Self::Refused { status, retry_after: retry_after.and_then(|text| wait(text, now)) },
        }
    }

    /// The word for metrics; `None` for a success.
    pub(super) const fn error(&self) -> Option<&'static str> {
        Some(match self {
            Self::Delivered => return None,
            Self::Refused { status: 400..=499, .. } => "status_4xx",
            Self::Refused { status: 500..=599, .. } => "status_5xx",
            Self::Refused { .. } => "status_other",
            Self::Silent(Silence::Timeout) => "timeout",
            Self::Silent(Silence::Connection) => "connection",
            Self::Silent(Silence::Tls) => "tls",
        })
    }
}

/// What comes after a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// It is delivered.
    Done,
    /// Another try after this.
    Again(Duration),
    /// It is a dead letter.
    GiveUp(RejectReason, String),
}

/// What comes after try number `tries`.
pub(super) fn next(outcome: &Outcome, tries: u32, pauses: &[Duration]) -> Next {
    let (asked, reason, what) = match outcome {
        Outcome::Delivered => return Next::Done,
        Outcome::Refused { status: 410, .. } => {
            let detail = "the webhook answered 410: it wants no notifications any more; change its address".to_owned();
            return Next::GiveUp(RejectReason::Refused, detail);
        }
        Outcome::Refused { status, retry_after } => {
            (*retry_after, RejectReason::Refused, format!("the webhook answered {status}"))
        }
        Outcome::Silent(Silence::Timeout) => (None, RejectReason::Timeout, "the webhook did not answer in time".into()),
        Outcome::Silent(Silence::Connection) => (None, RejectReason::Timeout, "the webhook cannot be reached".into()),
        Outcome::Silent(Silence::Tls) => {
            (None, RejectReason::Timeout, "the webhook's certificate is not trusted".into())
        }
    };
    let pause = usize::try_from(tries.saturating_sub(1)).ok().and_then(|past| pauses.get(past));
    match pause {
        Some(pause) => Next::Again(asked.unwrap_or_default().min(LONGEST_WAIT).max(*pause)),
        None => Next::GiveUp(reason, format!("{what}, at the last of {tries} tries")),
    }
}

/// How long a `Retry-After` asks to wait: seconds, or a date.
fn wait(text: &str, now: i64) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text.trim()).ok()?;
    u64::try_from(date.timestamp().as_second().saturating_sub(now)).ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSES: [Duration; 4] =
        [Duration::from_secs(2), Duration::from_secs(10), Duration::from_secs(60), Duration::from_secs(300)];

    #[test]
    fn only_success_is_success() {
        for status in [200, 202, 204, 299] {
            assert_eq!(next(&Outcome::of(status, None, 0), 1, &PAUSES), Next::Done);
        }
        for status in [301, 308, 400, 401, 404, 408, 429, 500, 503] {
            assert_eq!(next(&Outcome::of(status, None, 0), 1, &PAUSES), Next::Again(PAUSES[0]), "{status}");
        }
    }

    #[test]
    fn five_tries_then_none_and_410_is_told_once() {
        for (tries, pause) in (1..).zip(PAUSES) {
            assert_eq!(next(&Outcome::Silent(Silence::Timeout), tries, &PAUSES), Next::Again(pause));
        }
        let last = |outcome: &Outcome| match next(outcome, 5, &PAUSES) {
            Next::GiveUp(reason, detail) => (reason, detail),
            other => panic!("{other:?}"),
        };
        assert_eq!(last(&Outcome::Silent(Silence::Connection)).0, RejectReason::Timeout);
        let (reason, detail) = last(&Outcome::of(500, None, 0));
        assert_eq!(
            (reason, detail.as_str()),
            (RejectReason::Refused, "the webhook answered 500, at the last of 5 tries")
        );
        assert!(matches!(next(&Outcome::of(410, None, 0), 1, &PAUSES), Next::GiveUp(RejectReason::Refused, _)));
    }

    #[test]
    fn a_receiver_that_asks_for_time_gets_it_up_to_an_hour() {
        let pause = |asked: &str| match next(&Outcome::of(503, Some(asked), 1_445_412_400), 1, &PAUSES) {
            Next::Again(pause) => pause.as_secs(),
            other => panic!("{other:?}"),
        };
        assert_eq!(pause("120"), 120);
        assert_eq!(pause("1"), 2, "never earlier than its own turn");
        assert_eq!(pause("86400"), 3_600);
        assert_eq!(pause("Wed, 21 Oct 2015 07:28:00 GMT"), 80);
        assert_eq!(pause("Wed, 21 Oct 2015 07:00:00 GMT"), 2);
        assert_eq!(pause("soon"), 2);
    }
}
