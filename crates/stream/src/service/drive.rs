//! The life of one worker: join, pass after pass, back off, leave.

use std::time::Duration;

use super::{Member, Passed, Stop, WorkerHealth};
use crate::{Backoff, Exit};

/// Turns a member until the process is to end; joins and is tried again for as long as that may help. The pass in hand is
/// finished, and the group left, before this returns.
///
/// # Errors
/// What ends the process: [`Exit::Replaced`], [`Exit::Refused`], [`Exit::Fatal`].
pub fn drive<M: Member>(
    mut join: impl FnMut() -> Result<M, Exit>,
    health: &WorkerHealth,
    stop: &Stop,
    mut backoff: Backoff,
) -> Result<(), Exit> {
    let mut member: Option<M> = None;
    while !stop.is_wanted() {
        let passed = match &mut member {
            Some(member) => member.pass(),
            None => join().map(|joined| {
                member = Some(joined);
                Passed::Idle
            }),
        };
        health.passed();
        health.set_ready(member.as_ref().is_some_and(Member::is_ready));
        let pause = match passed {
            Ok(Passed::Committed) => {
                backoff.reset();
                Duration::ZERO
            }
            Ok(Passed::Idle) => Duration::ZERO,
            Ok(Passed::Held(pause)) => pause.min(LONGEST_HOLD),
            Err(exit @ (Exit::Retry(_) | Exit::Fenced(_))) => {
                let pause = backoff.pause();
                tracing::warn!(worker = %health, %exit, pause_seconds = pause.as_secs_f64(), "tries again");
                pause
            }
            Err(exit) => return Err(exit),
        };
        if !pause.is_zero() {
            stop.pause(pause);
        }
    }
    health.done();
    member.map_or(Ok(()), Member::close)
}

/// A member that holds still is asked again this soon, so that its group is served.
const LONGEST_HOLD: Duration = Duration::from_millis(200);

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use events::Role;

    use super::*;
    use crate::service::Health;

    /// A member that says what it is told to say, notes what is done to it, and asks for the end when it has said all.
    struct Told {
        says: Vec<Result<Passed, Exit>>,
        notes: Rc<RefCell<Vec<&'static str>>>,
        stop: Rc<Stop>,
    }

    impl Member for Told {
        fn pass(&mut self) -> Result<Passed, Exit> {
            self.notes.borrow_mut().push("pass");
            if self.says.len() == 1 {
                self.stop.want();
            }
            self.says.remove(0)
        }
        fn is_ready(&self) -> bool {
            true
        }
        fn close(self) -> Result<(), Exit> {
            self.notes.borrow_mut().push("close");
            Ok(())
        }
    }

    fn driven(says: &[Result<Passed, Exit>], mut failing_joins: usize) -> (Result<(), Exit>, Vec<&'static str>) {
        let (notes, stop) = (Rc::new(RefCell::new(Vec::new())), Rc::new(Stop::default()));
        let join = || {
            notes.borrow_mut().push("join");
            if failing_joins > 0 {
                failing_joins -= 1;
                return Err(Exit::Retry("no broker".into()));
            }
            Ok(Told { says: says.to_vec(), notes: Rc::clone(&notes), stop: Rc::clone(&stop) })
        };
        let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(2)).unwrap();
        let health = Health::new(Duration::from_secs(1));
        let ended = drive(join, &health.worker(Role::Enrich, 0), &stop, backoff);
        let notes = notes.borrow().clone();
        (ended, notes)
    }

    #[test]
    fn a_cluster_that_is_away_at_the_start_is_tried_until_it_is_there() {
        let (ended, notes) = driven(&[Ok(Passed::Idle)], 2);
        assert_eq!((ended, notes), (Ok(()), vec!["join", "join", "join", "pass", "close"]));
    }

    #[test]
    fn what_a_try_may_mend_is_tried_again_and_what_none_can_ends_the_worker_without_another_word() {
        let replaced = Exit::Replaced("another one".into());
        let says =
            [Err(Exit::Retry("r".into())), Err(Exit::Fenced("f".into())), Ok(Passed::Idle), Err(replaced.clone())];
        let (ended, notes) = driven(&says, 0);
        assert_eq!((ended, notes), (Err(replaced), vec!["join", "pass", "pass", "pass", "pass"]));
    }

    #[test]
    fn one_that_is_asked_to_end_finishes_its_pass_and_leaves_its_group() {
        let (ended, notes) = driven(&[Ok(Passed::Committed), Ok(Passed::Committed)], 0);
        assert_eq!((ended, notes), (Ok(()), vec!["join", "pass", "pass", "close"]));
    }
}
