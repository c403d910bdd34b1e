//! The door of a server that anybody may connect to: there is room for so many, and who has waited longest to be of use makes way
//! for who comes.
//!
//! A connection that sends nothing, or its request byte by byte, looks like a slow honest one. It cannot be told apart, but it
//! can be outlived: an honest sender needs a place for as long as its request travels, and gets one however many are held.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Why a connection was closed that had done nothing wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetGo {
    /// Of all that were here it had waited longest without a whole request, and another one came.
    Waited,
    /// It came while all others had a request in hand.
    Full,
}

impl LetGo {
    /// The word for metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waited => "waited",
            Self::Full => "full",
        }
    }
}

/// The door. A clone is another handle of the same.
#[derive(Debug, Clone)]
pub struct Door {
    most: usize,
    guests: Arc<Mutex<Guests>>,
}

#[derive(Debug, Default)]
struct Guests {
    inside: usize,
    /// Counts up with each wait that begins: the smallest has waited longest.
    next: u64,
    waiting: BTreeMap<u64, Arc<Notify>>,
}

/// A place inside, given back when it is dropped.
#[derive(Debug)]
pub struct Entry {
    door: Door,
    leave: Arc<Notify>,
    place: Mutex<Place>,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    /// Since which count it waits. It may have been asked to leave meanwhile: then nobody waits under that count.
    Waits(u64),
    Works,
}

/// A request is in hand; dropped when it is answered.
#[derive(Debug)]
pub struct Working<'a>(&'a Entry);

impl Door {
    /// A door with room for `most` connections, one at least.
    pub fn new(most: usize) -> Self {
        Self { most: most.max(1), guests: Arc::default() }
    }

    /// A place for a connection that has just come, and whether another one was asked to make way for it.
    ///
    /// # Errors
    /// [`LetGo::Full`] when there is no room and nobody to ask.
    pub fn enter(&self) -> Result<(Entry, Option<LetGo>), LetGo> {
        let mut guests = self.lock();
        let mut made_way = None;
        if guests.inside >= self.most {
            let (_, longest) = guests.waiting.pop_first().ok_or(LetGo::Full)?;
            longest.notify_one();
            guests.inside -= 1;
            made_way = Some(LetGo::Waited);
        }
        guests.inside += 1;
        let leave = Arc::new(Notify::new());
        let place = Mutex::new(Place::Waits(guests.wait(&leave)));
        drop(guests);
        Ok((Entry { door: self.clone(), leave, place }, made_way))
    }

    /// How many are inside.
    pub fn inside(&self) -> usize {
        self.lock().inside
    }

    fn lock(&self) -> MutexGuard<'_, Guests> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guests {
    fn wait(&mut self, leave: &Arc<Notify>) -> u64 {
        let count = self.next;
        self.next += 1;
        self.waiting.insert(count, Arc::clone(leave));
        count
    }
}

impl Entry {
    /// Waits until the connection has to make way for another.
    pub async fn asked_to_leave(&self) {
        self.leave.notified().await;
    }

    /// A whole request is here: until it is answered nobody asks this connection to leave.
    pub fn works(&self) -> Working<'_> {
        let mut place = self.place();
        if let Place::Waits(count) = *place
            && self.door.lock().waiting.remove(&count).is_some()
        {
            *place = Place::Works;
        }
        drop(place);
        Working(self)
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        let mut place = self.0.place();
        if matches!(*place, Place::Works) {
            *place = Place::Waits(self.0.door.lock().wait(&self.0.leave));
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let place = *self.place();
        let mut guests = self.door.lock();
        let is_inside = match place {
            Place::Works => true,
            // Whoever was asked to leave gave its place away then.
            Place::Waits(count) => guests.waiting.remove(&count).is_some(),
        };
        guests.inside -= usize::from(is_inside);
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    fn is_asked(entry: &Entry) -> bool {
        pin!(entry.asked_to_leave()).poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    #[test]
    fn who_has_waited_longest_makes_way_and_who_works_does_not() {
        let door = Door::new(3);
        let [first, second, third] = [(); 3].map(|()| door.enter().unwrap().0);
        // The first answered a request since, so the second waits longest.
        drop(first.works());
        let (fourth, made_way) = door.enter().unwrap();
        assert_eq!((made_way, door.inside()), (Some(LetGo::Waited), 3));
        assert_eq!([&first, &second, &third].map(is_asked), [false, true, false]);
        let works = [first.works(), third.works(), fourth.works()];
        assert_eq!(door.enter().unwrap_err(), LetGo::Full);
        drop(works);
        assert!(door.enter().is_ok());
    }

    #[test]
    fn a_place_is_given_back_once_however_its_connection_ends() {
        let door = Door::new(2);
        let (first, _) = door.enter().unwrap();
        let (second, _) = door.enter().unwrap();
        let (third, _) = door.enter().unwrap();
        // The first made way; a request that it brings now does not give it its place back.
        drop(first.works());
        drop(first);
        assert_eq!(door.inside(), 2);
        drop((second, third));
        assert_eq!(door.inside(), 0);
    }
}
