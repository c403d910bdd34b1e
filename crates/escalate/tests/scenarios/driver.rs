//! A role over its state, as the runtime drives it: records, due timers, changelog, merge; and a restart from the changelog.

use escalate::care::CareIn;
use events::{ClassifiedMention, Codec, EventTime, Offset, Partition, Topic};
use stream::{Batch, Change, Context, Output, Record, Stage, State, Verdict};
use testkit::build;

/// What care reads of a mention, by way of its bytes.
pub(crate) fn heard(said: &ClassifiedMention) -> CareIn {
    let codec = Codec::default();
    CareIn::Mention(Box::new(codec.decode_part(&codec.encode(said).unwrap()).unwrap()))
}

pub(crate) struct Driver<S: Stage> {
    stage: S,
    pub(crate) state: S::State,
    tick: EventTime,
    offset: i64,
    log: Vec<(&'static str, Change)>,
    pub(crate) fired: Vec<(EventTime, String)>,
}

impl<S: Stage> Driver<S> {
    pub(crate) fn new(stage: S) -> Self {
        let (state, tick) = (S::State::default(), EventTime::EPOCH);
        Self { stage, state, tick, offset: 0, log: Vec::new(), fired: Vec::new() }
    }

    /// One turn. Returns the verdicts and all outputs.
    pub(crate) fn turn(
        &mut self,
        records: Vec<(Topic, String, S::In)>,
        tick: EventTime,
    ) -> (Vec<Verdict>, Vec<Output>) {
        self.tick = self.tick.max(tick);
        let cx = Context { stream_time: self.tick, ..build::context() };
        let mut numbered = Vec::new();
        for (topic, key, value) in records {
            numbered.push(Record { topic, offset: Offset(self.offset), timestamp: self.tick, key, value });
            self.offset += 1;
        }
        let decided = self.stage.process(Batch::new(Partition(0), numbered), &mut self.state, &cx).unwrap();
        let (verdicts, mut outputs) = decided.into_parts();
        for verdict in &verdicts {
            match verdict {
                Verdict::Forward(more) => outputs.extend(more.clone()),
                Verdict::Drop(reason) => assert!(S::DROPS.contains(reason), "{reason:?} is not listed"),
                Verdict::Reject { .. } => {}
            }
        }
        while let Some(timer) = self.state.timers().and_then(|timers| timers.take_due(self.tick)) {
            outputs.extend(self.stage.fire(&timer, &mut self.state, &cx).unwrap());
            self.fired.push((timer.deadline, timer.key));
        }
        for table in self.state.tables_mut() {
            let name = table.name();
            self.log.extend(table.changes().unwrap().into_iter().map(|change| (name, change)));
            table.merge();
        }
        (verdicts, outputs)
    }

    /// Throws the state away and reads it again from its changelog.
    pub(crate) fn restart(&mut self) {
        let before: Vec<(i64, i64)> = self.state.tables().iter().map(|table| table.check()).collect();
        self.state = S::State::default();
        for (name, change) in &self.log {
            for table in self.state.tables_mut().into_iter().filter(|table| table.name() == *name) {
                table.restore(&change.key, change.value.as_deref()).unwrap();
            }
        }
        let after: Vec<(i64, i64)> = self.state.tables().iter().map(|table| table.check()).collect();
        assert_eq!(before, after, "the restored state differs");
    }

    /// What was written of a table to its topic so far.
    pub(crate) fn written(&self, table: &str) -> impl Iterator<Item = &Change> {
        self.log.iter().filter(move |(name, _)| *name == table).map(|(_, change)| change)
    }
}

pub(crate) fn at(text: &str) -> EventTime {
    EventTime::parse(&format!("2026-{text}Z")).unwrap()
}
