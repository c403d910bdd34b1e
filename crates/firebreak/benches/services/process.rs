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
    let folder = PathBuf::from(format!("/proc/{pid}/task"));
    let threads = fs::read_dir(&folder).with_context(|| format!("`{}` is not there", folder.display()))?;
    let mut sum = Duration::ZERO;
    for thread in threads {
        // A thread may end in between.
        let Ok(text) = fs::read_to_string(thread?.path().join("schedstat")) else { continue };
        let ran = text.split(' ').next().and_then(|ran| ran.parse().ok());
        sum += Duration::from_nanos(ran.context("`schedstat` tells no time")?);
    }
    anyhow::ensure!(!sum.is_zero(), "no thread tells its time");
    Ok(sum)
}

/// Memory of a process.
///
/// # Errors
/// As [`processor_time`].
pub(crate) fn memory(pid: u32) -> anyhow::Result<Memory> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).context("the process is gone")?;
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).context("`status` tells no memory")?;
        let kib: f64 = line.trim_start_matches(':').split_whitespace().next().unwrap_or_default().parse()?;
        anyhow::Ok(kib / 1_024.0)
    };
    Ok(Memory { now: of("VmRSS")?, peak: of("VmHWM")? })
}
