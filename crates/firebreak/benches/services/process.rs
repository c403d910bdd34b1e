//! What a process costs, as Linux tells it.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;

/// Memory of a process in MiB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// Resident now.
    pub(crate) now: f64,
    /// Resident at its most.
    pub(crate) peak: f64,
}

/// Processor time of the threads that a process has now, to the nanosecond. One that has ended is no longer in it: between two
/// looks at a process whose threads stay, the difference is what it cost.
///
/// # Errors
/// The process is gone, or the system does not tell.
pub(crate) fn processor_time(pid: u32) -> anyhow::Result<Duration> {
    let mut sum = Duration::ZERO;
    for text in of_threads(pid, "schedstat")? {
        let ran = text.split(' ').next().and_then(|ran| ran.parse().ok());
        sum += Duration::from_nanos(ran.context("`schedstat` tells no time")?);
    }
    anyhow::ensure!(!sum.is_zero(), "no thread tells its time");
    Ok(sum)
}

/// How often the threads that a process has now were taken from a processor: because they waited, or because another was to run.
///
/// # Errors
/// As [`processor_time`].
pub(crate) fn context_switches(pid: u32) -> anyhow::Result<f64> {
    let mut sum = 0.0;
    for text in of_threads(pid, "status")? {
        sum += field(&text, "voluntary_ctxt_switches")? + field(&text, "nonvoluntary_ctxt_switches")?;
    }
    Ok(sum)
}

/// Memory of a process.
///
/// # Errors
/// As [`processor_time`].
pub(crate) fn memory(pid: u32) -> anyhow::Result<Memory> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).context("the process is gone")?;
    Ok(Memory { now: field(&status, "VmRSS")? / 1_024.0, peak: field(&status, "VmHWM")? / 1_024.0 })
}

/// A file of each thread; one may end in between.
fn of_threads(pid: u32, file: &str) -> anyhow::Result<Vec<String>> {
    let folder = PathBuf::from(format!("/proc/{pid}/task"));
    let threads = fs::read_dir(&folder).with_context(|| format!("`{}` is not there", folder.display()))?;
    let threads: Vec<_> = threads.collect::<Result<_, _>>()?;
    Ok(threads.into_iter().filter_map(|thread| fs::read_to_string(thread.path().join(file)).ok()).collect())
}

/// The number behind a name in a `status` file.
fn field(status: &str, name: &str) -> anyhow::Result<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let line = line.with_context(|| format!("`status` tells no `{name}`"))?;
    Ok(line.split_whitespace().next().unwrap_or_default().parse()?)
}
