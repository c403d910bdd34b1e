//! This program under callgrind, and what its functions took, with all that they call.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail, ensure};

/// Instructions of the functions with these names, by name.
///
/// # Errors
/// valgrind is not there, the run fails, or a function was never called.
pub(crate) fn count(names: &[&'static str], profile: &Path) -> anyhow::Result<BTreeMap<&'static str, u64>> {
    let own = std::env::current_exe().context("the path of this program is not known")?;
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--quiet", "--compress-strings=no", "--compress-pos=no"]);
    valgrind.arg(format!("--callgrind-out-file={}", profile.display())).arg(own).arg("--run");
    let status = match valgrind.status() {
        Ok(status) => status,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            bail!("instructions are counted with valgrind, which is not here: install the package `valgrind`")
        }
        Err(error) => return Err(error).context("valgrind does not start"),
    };
    ensure!(status.success(), "the run under valgrind failed: {status}");
    let text = std::fs::read(profile).with_context(|| format!("cannot read `{}`", profile.display()))?;
    let counted = inclusive(&String::from_utf8_lossy(&text), names);
    for name in names {
        ensure!(counted.contains_key(name), "`{name}` is not in the profile: it was inlined, or never called");
    }
    Ok(counted)
}

/// Sums up what calls of the named functions took. In the profile each call is a line `cfn=<function>`, a line `calls=…`, and
/// a line with the place of the call and what it took.
fn inclusive(profile: &str, names: &[&'static str]) -> BTreeMap<&'static str, u64> {
    let mut sums = BTreeMap::new();
    let mut called = None;
    let mut lines = profile.lines();
    while let Some(line) = lines.next() {
        if let Some(function) = line.strip_prefix("cfn=") {
            called = names.iter().find(|name| function.ends_with(**name));
        } else if line.starts_with("calls=") {
            let took = lines.next().and_then(|line| line.split(' ').nth(1)?.parse::<u64>().ok());
            if let (Some(name), Some(took)) = (called.take(), took) {
                *sums.entry(*name).or_default() += took;
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_a_function_are_summed_up_and_others_are_not() {
        let profile = "fn=main\n12 7\ncfi=a.rs\ncfn=parts::ingest\ncalls=1 3\n13 1000\n14 9\ncfn=parts::enrich\ncalls=2 3\n\
                       15 500\n\nfn=other\ncfn=parts::ingest\ncalls=1 3\n20 24\n";
        let counted = inclusive(profile, &["::ingest", "::care"]);
        assert_eq!(counted, BTreeMap::from([("::ingest", 1_024)]));
    }
}
