//! How far a worker is behind the ends of its input: in records, and in the time that a record waits.
//!
//! Records carry the time of what they are about, not of their commit. So the time is taken here: of each lane one partition, the
//! one with most to read, is followed from when its end was asked for until all below that end is handled.

use std::time::{Duration, Instant};

use events::{Offset, Partition, Role, Topic};

use crate::{Exit, Log, Observer};

/// Between two questions where topics end.
pub(crate) const ASK: Duration = Duration::from_secs(1);

/// How far one worker is behind. To be used between passes, when all that was polled is committed or stored.
#[derive(Debug, Default)]
pub(crate) struct Behind {
    /// What is followed: one end for each lane at most.
    followed: Vec<Followed>,
}

#[derive(Debug, Clone, Copy)]
struct Followed {
    topic: Topic,
    partition: Partition,
    end: Offset,
    since: Instant,
}

impl Behind {
    /// Notes where the input ended `since`, tells the records that wait, and follows what must be waited for.
    pub(crate) fn note<L: Log>(
        &mut self,
        role: Role,
        ends: impl IntoIterator<Item = ((Topic, Partition), Offset)>,
        since: Instant,
        log: &mut L,
        observer: &dyn Observer,
    ) -> Result<(), Exit> {
        let mut most: Vec<(i64, Followed)> = Vec::new();
        for ((topic, partition), end) in ends {
            let Some(reached) = reach(log, topic, partition)? else { continue };
            let lag = (end.0 - reached.0).max(0);
            observer.lags(role, topic, partition, lag);
            let follow = Followed { topic, partition, end, since };
            match most.iter_mut().find(|(_, other)| other.topic.express() == topic.express()) {
                Some(other) if other.0 < lag => *other = (lag, follow),
                Some(_) => {}
                None => most.push((lag, follow)),
            }
        }
        for (lag, follow) in most {
            let is_followed = self.followed.iter().any(|other| other.topic.express() == follow.topic.express());
            if lag > 0 && !is_followed {
                self.followed.push(follow);
            }
        }
        Ok(())
    }

    /// Tells how long it took what is handled by now.
    pub(crate) fn look<L: Log>(&mut self, role: Role, log: &mut L, observer: &dyn Observer) -> Result<(), Exit> {
        let mut left = Vec::with_capacity(self.followed.len());
        for follow in std::mem::take(&mut self.followed) {
            match reach(log, follow.topic, follow.partition)? {
                Some(reached) if reached < follow.end => left.push(follow),
                Some(_) => observer.waited(role, follow.topic.express(), follow.since.elapsed()),
                None => {}
            }
        }
        self.followed = left;
        Ok(())
    }
}

/// How far polling has come; `None` in a partition that the group has just taken away, as the next pass will hear.
pub(crate) fn reach<L: Log>(log: &mut L, topic: Topic, partition: Partition) -> Result<Option<Offset>, Exit> {
    match log.reached(topic, partition) {
        Ok(offset) => Ok(Some(offset)),
        Err(Exit::Fenced(_)) => Ok(None),
        Err(exit) => Err(exit),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use bytes::Bytes;
    use events::{EventTime, PartitionCount};

    use super::*;
    use crate::memory::{Cluster, ClusterConfig, Member};
    use crate::{Outgoing, Polled};

    const MAIN: Topic = Topic::MentionsEnriched;
    const EXPRESS: Topic = Topic::MentionsEnrichedExpress;

    /// Notes what waited, and the lag of each partition.
    #[derive(Default)]
    struct Heard(Mutex<(Vec<bool>, Vec<i64>)>);

    impl Observer for Heard {
        fn waited(&self, _: Role, express: bool, _: Duration) {
            self.0.lock().unwrap().0.push(express);
        }
        fn lags(&self, _: Role, _: Topic, _: Partition, records: i64) {
            self.0.lock().unwrap().1.push(records);
        }
    }

    impl Heard {
        fn waited(&self) -> Vec<bool> {
            std::mem::take(&mut self.0.lock().unwrap().0)
        }
    }

    fn append(cluster: &Cluster, topic: Topic, partition: i32) {
        let (key, value) = (Some(Bytes::from_static(b"k")), Some(Bytes::from_static(b"v")));
        let (partition, timestamp) = (Partition(partition), EventTime::EPOCH);
        cluster.append(Outgoing { topic, partition, timestamp, key, value, headers: Vec::new() }).unwrap();
    }

    fn note(behind: &mut Behind, member: &mut Member, heard: &Heard) {
        let places = [MAIN, EXPRESS].map(|topic| [0, 1].map(|number| (topic, Partition(number)))).concat();
        let ends = member.high_watermarks(&places).unwrap();
        behind.note(Role::Classify, places.into_iter().zip(ends), Instant::now(), member, heard).unwrap();
    }

    #[test]
    fn of_each_lane_what_lay_at_the_end_of_the_fullest_partition_is_followed_until_it_is_handled() {
        let partitions = PartitionCount::new(2).unwrap();
        let cluster = Cluster::new(ClusterConfig { partitions, ..ClusterConfig::default() });
        let mut member = cluster.join("group", "worker", &[EXPRESS, MAIN]);
        let Polled::Assigned(ours) = member.poll().unwrap() else { panic!("nothing is assigned") };
        for partition in ours {
            let committed = member.committed(partition).unwrap();
            member.seek(partition, &committed).unwrap();
        }
        let (mut behind, heard) = (Behind::default(), Heard::default());
        note(&mut behind, &mut member, &heard);
        behind.look(Role::Classify, &mut member, &heard).unwrap();
        assert!(heard.waited().is_empty(), "nothing waits");

        append(&cluster, MAIN, 0);
        (0..2).for_each(|_| append(&cluster, MAIN, 1));
        append(&cluster, EXPRESS, 0);
        note(&mut behind, &mut member, &heard);
        assert_eq!(heard.0.lock().unwrap().1.split_off(4), [1, 2, 1, 0]);
        behind.look(Role::Classify, &mut member, &heard).unwrap();
        assert!(heard.waited().is_empty(), "nothing is handled yet");
        while let Polled::Records(_) = member.poll().unwrap() {}
        // What came later is not what is followed, and a question in between begins nothing anew.
        append(&cluster, MAIN, 1);
        note(&mut behind, &mut member, &heard);
        behind.look(Role::Classify, &mut member, &heard).unwrap();
        assert_eq!(heard.waited(), [false, true], "once for each lane");
        behind.look(Role::Classify, &mut member, &heard).unwrap();
        assert!(heard.waited().is_empty());
    }
}
