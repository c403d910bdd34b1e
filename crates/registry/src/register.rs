//! Registering this build's schemas: all of them, or none.

use events::codec::EmbeddedSchema;
use events::compatibility::{Released, check_texts};

use crate::{Registry, RegistryError, Subject};

/// A schema that is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Under which subject.
    pub subject: Subject,
    /// Which schema: the name of its folder under `schemas/`.
    pub schema: &'static str,
    /// What records are framed with.
    pub id: u32,
    /// Whether it was there already.
    pub known: bool,
}

/// A reason why a schema does not go with the versions of its subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Under which subject.
    pub subject: Subject,
    /// Which schema.
    pub schema: &'static str,
    /// What is wrong, and what to do.
    pub problem: String,
}

/// How it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All are registered.
    Registered(Vec<Registration>),
    /// Something is not compatible, so nothing was registered.
    Incompatible(Vec<Finding>),
}

/// Registers schemas under their subjects. Every subject is FULL_TRANSITIVE afterwards: each version reads all others.
///
/// # Errors
/// See [`RegistryError`]; then some may be registered, and a second call registers the others.
pub fn register(registry: &Registry, schemas: &[(Subject, EmbeddedSchema)]) -> Result<Outcome, RegistryError> {
    let mut findings = Vec::new();
    for (subject, schema) in schemas {
        let versions = registry.versions(subject)?;
        if versions.is_empty() {
            continue;
        }
        // The registry compares by the level that is set.
        registry.set_full_transitive(subject)?;
        let told = registry.incompatibilities(subject, schema.text)?;
        if !told.is_empty() {
            let of = |problem| Finding { subject: subject.clone(), schema: schema.name, problem };
            findings.extend(reasons(registry, subject, schema, &versions, told)?.into_iter().map(of));
        }
    }
    if !findings.is_empty() {
        return Ok(Outcome::Incompatible(findings));
    }
    let mut registered = Vec::new();
    for (subject, schema) in schemas {
        let known = registry.look_up(subject, schema.text)?.is_some();
        let id = registry.register(subject, schema.text)?;
        // A new subject, too; a registry need not take the level of one that is not there yet.
        registry.set_full_transitive(subject)?;
        registered.push(Registration { subject: subject.clone(), schema: schema.name, id, known });
    }
    Ok(Outcome::Registered(registered))
}

/// Field by field with a remedy, as far as we find what the registry objects to; else in its own words, if it has any.
fn reasons(
    registry: &Registry,
    subject: &Subject,
    schema: &EmbeddedSchema,
    versions: &[u32],
    told: Vec<String>,
) -> Result<Vec<String>, RegistryError> {
    let mut released = Vec::new();
    for version in versions {
        let text = registry.version(subject, *version)?;
        released.push(Released { event: schema.name.to_owned(), version: format!("version {version}"), text });
    }
    let found: Vec<String> = check_texts(&[(schema.name, schema.text)], &released)
        .into_iter()
        .filter_map(|found| Some(format!("{}, `{}`: {}: {}", found.version?, found.path, found.problem, found.remedy)))
        .collect();
    Ok(if found.is_empty() { told } else { found })
}
