//! `firebreak schemas`: are the schemas still compatible with every release, and do readers find them?

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use events::compatibility::{Released, check};
#[cfg(feature = "kafka")]
use registry::Outcome;

use crate::failure::Failure;
#[cfg(feature = "kafka")]
use crate::service::{ReadArguments, told};

/// Flags of `firebreak schemas`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  firebreak schemas check
  firebreak schemas register --registry http://127.0.0.1:8081")]
pub struct SchemasArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: SchemasCommand,
}

/// What can be done with schemas.
#[derive(Debug, Clone, Subcommand)]
pub enum SchemasCommand {
    /// Compare this build's schemas with every released version (FULL_TRANSITIVE), and check that they are documented.
    #[command(after_help = "Example:
  firebreak schemas check --released schemas/released")]
    Check {
        /// Folder of the released versions: `<event>/<version>.avsc`.
        #[arg(long, value_name = "DIR", default_value = "schemas/released", env = "FIREBREAK_SCHEMAS_RELEASED")]
        released: PathBuf,
    },
    /// Register this version's schemas, all or none: each topic's under `<topic>-value`, FULL_TRANSITIVE. Without a registry they are
    /// put on topic `schemas`.
    #[cfg(feature = "kafka")]
    #[command(after_help = "Example:
  firebreak schemas register --registry https://registry.example --registry-user deploy")]
    Register(Box<ReadArguments>),
}

/// Checks or registers schemas.
///
/// # Errors
/// A schema breaks a release or lacks words; or what is needed for it cannot be read.
pub fn schemas(arguments: &SchemasArguments, out: &mut dyn Write) -> Result<(), Failure> {
    match &arguments.command {
        SchemasCommand::Check { released } => check_releases(released, out),
        #[cfg(feature = "kafka")]
        SchemasCommand::Register(cluster) => register(cluster, out),
    }
}

#[cfg(feature = "kafka")]
fn register(cluster: &ReadArguments, out: &mut dyn Write) -> Result<(), Failure> {
    let findings = match cluster.open("firebreak.schemas")?.schemas.register().map_err(told)? {
        None => {
            writeln!(out, "the schemas of this version lie on topic `schemas`")?;
            return Ok(());
        }
        Some(Outcome::Registered(all)) => {
            for one in &all {
                let how = if one.known { "was registered" } else { "registered" };
                writeln!(out, "{:<40}  {:<14}  id {:<8}  {how}", one.subject.as_str(), one.schema, one.id)?;
            }
            writeln!(out, "{} subjects have the schemas of this version", all.len())?;
            return Ok(());
        }
        Some(Outcome::Incompatible(findings)) => findings,
    };
    for finding in &findings {
        writeln!(out, "{}: {}", finding.subject, finding.problem)?;
    }
    out.flush()?;
    Err(Failure::Failed(anyhow::anyhow!(
        "the registry refuses {} schemas, so none was registered: give a new field a default, keep old fields, or write a new event",
        findings.iter().map(|finding| &finding.subject).collect::<std::collections::BTreeSet<_>>().len()
    )))
}

fn check_releases(folder: &Path, out: &mut dyn Write) -> Result<(), Failure> {
    let released = read_released(folder)?;
    if released.is_empty() {
        return Err(Failure::Configuration(format!(
            "`{}` holds no released schema: name the folder with --released",
            folder.display()
        )));
    }
    let findings = check(&released);
    if findings.is_empty() {
        writeln!(
            out,
            "the schemas are compatible with all {} released versions, and every field is documented",
            released.len()
        )?;
        return Ok(());
    }
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    out.flush()?;
    Err(Failure::Failed(anyhow::anyhow!(
        "{} findings: give a new field a default, keep old fields, or write a new event; released versions never change",
        findings.len()
    )))
}

fn read_released(folder: &Path) -> anyhow::Result<Vec<Released>> {
    let mut released = Vec::new();
    for event in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        for file in entries(&event)?.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "avsc"))
        {
            let text = fs::read_to_string(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
            released.push(Released { event: stem(&event), version: stem(&file), text });
        }
    }
    Ok(released)
}

fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let cannot = || format!("cannot read the folder `{}`", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(cannot)? {
        paths.push(entry.with_context(cannot)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
