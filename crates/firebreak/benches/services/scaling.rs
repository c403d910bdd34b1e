//! How long an express mention takes while classify goes from two processes to eight and back.
//!
//! Every change takes all partitions from all members of the group and gives them out again. Beside it stands a control: the six
//! further processes work for another installation, so that they take processors but disturb no group. What the group costs is
//! the difference; and the control is what an express lane in a group of its own would see.

use std::time::Duration;

use events::Topic;
use testkit::schedule::Schedule;

use crate::installation::{Crew, Installation, World};
use crate::open_loop::{self, Load};
use crate::quantiles::Latency;
use crate::report::Report;
use crate::sight::Hop;
use crate::{Plan, input, pause, say};

/// Processes before, and those that come and go.
const BEFORE: usize = 2;
const MORE: usize = 6;
/// Mentions a second; each fourth is express.
const RATE: u32 = 200;
const EACH: usize = 4;
/// Messages a second.
const MESSAGES: u32 = 100;
/// Before they come, while they are there, and after they went.
const PAUSE: Duration = Duration::from_secs(4);
const TOPICS: [(Hop, Topic); 1] = [(Hop::Classified, Topic::MentionsClassifiedExpress)];
const ALLOWED: [(&str, f64); 1] = [("longest", 2_000.0)];

/// Where the further processes are: its name, what is said of it, and whether they are of the same group.
struct Way {
    name: &'static str,
    what: &'static str,
    same_group: bool,
}

const WAYS: [Way; 2] = [
    Way { name: "while_scaling", what: "of the same group", same_group: true },
    Way { name: "while_others_scale", what: "of another group", same_group: false },
];

/// Measures it as often as is planned, each way.
///
/// # Errors
/// Something does not go on, or a mention is lost or doubled.
pub(crate) fn measure(plan: &Plan, world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let elsewhere = Installation::new(world, "elsewhere")?;
    for way in WAYS {
        say(&format!(
            "\nclassify goes from {BEFORE} processes to {} and back, the further ones {}",
            BEFORE + MORE,
            way.what
        ));
        let installation = Installation::new(world, &way.name.replace('_', "-"))?;
        let classify = Crew { processes: BEFORE, ..Crew::one("classify") };
        let running = installation.start_crews(&[Crew::one("ingest"), Crew::one("enrich"), classify])?;
        let mut latency = Latency::default();
        for repeat in 0..=plan.repeats {
            let name = format!("scale-{repeat}");
            let line = |run: &str, number: usize| match number % EACH {
                0 => input::express_line(run, number),
                _ => input::line(run, number),
            };
            let schedule = Schedule::new(RATE, MESSAGES);
            let load = Load { name: &name, schedule, line, topics: &TOPICS, comes: |number| number % EACH == 0 };
            if repeat == 0 {
                // The broker compiles what it runs often.
                open_loop::run(&installation, &load, || pause(world.stop, PAUSE))?;
                continue;
            }
            let more_in = if way.same_group { &installation } else { &elsewhere };
            let instance = format!("more{repeat}");
            let more = Crew { processes: MORE, instance: &instance, ..classify };
            let (heard, ()) = open_loop::run(&installation, &load, || {
                pause(world.stop, PAUSE)?;
                let more = more_in.start_crews(&[more])?;
                pause(world.stop, PAUSE)?;
                more.end()?;
                pause(world.stop, PAUSE)
            })?;
            say(&format!("  run {repeat}: {}", latency.add(&heard.since_due(Hop::Classified))));
            running.check()?;
        }
        running.end()?;
        report.put(&["express_ms", way.name], latency.json());
        report.table(latency.table(
            &format!("EXPRESS: DUE → CLASSIFIED while classify scales 2 → 8 → 2, the further ones {}, ms", way.what),
            &ALLOWED,
        ));
        installation.delete()?;
    }
    elsewhere.delete()
}
