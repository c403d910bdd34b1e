//! The calls of a registry.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::{Method, Request};
use ureq::tls::{RootCerts, TlsConfig};

use crate::answer::{Refusal, Schema, Stood, Verdict};
use crate::{RegistryError, RegistrySettings, Subject};

/// What an answer may have at most: a schema with its words has some ten kilobytes.
const MOST_ANSWER: u64 = 4 << 20;
const CONTENT_TYPE: &str = "application/vnd.schemaregistry.v1+json";

/// A client, which connects with its first call. Each call waits for its answer.
pub struct Registry {
    agent: Agent,
    settings: RegistrySettings,
}

impl Registry {
    /// A client that has not connected yet.
    pub fn new(settings: RegistrySettings) -> Self {
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let agent = Agent::config_builder()
            .timeout_global(Some(settings.timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("firebreak/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .build()
            .into();
        Self { agent, settings }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        self.settings.url()
    }

    /// The id of a schema under a subject; `None` when it is not registered there.
    ///
    /// # Errors
    /// See [`RegistryError`].
    pub fn look_up(&self, subject: &Subject, text: &str) -> Result<Option<u32>, RegistryError> {
        let found = self.known(self.post(&format!("/subjects/{subject}"), text)?)?;
        Ok(found.map(|Stood { id }| id))
    }

    /// The versions of a subject, the oldest first; none when there is no such subject.
    ///
    /// # Errors
    /// See [`RegistryError`].
    pub fn versions(&self, subject: &Subject) -> Result<Vec<u32>, RegistryError> {
        let versions = self.ask(Method::GET, &format!("/subjects/{subject}/versions"), None)?;
        Ok(self.known(versions)?.unwrap_or_default())
    }

    /// The text of a subject's version.
    ///
    /// # Errors
    /// See [`RegistryError`].
    pub fn version(&self, subject: &Subject, version: u32) -> Result<String, RegistryError> {
        let path = format!("/subjects/{subject}/versions/{version}");
        let found: Schema = self.told(self.ask(Method::GET, &path, None)?)?;
        Ok(found.schema)
    }

    /// Has a subject that is there refuse what cannot read all its versions, and what cannot be read by them.
    ///
    /// # Errors
    /// See [`RegistryError`].
    pub fn set_full_transitive(&self, subject: &Subject) -> Result<(), RegistryError> {
        let level = json!({"compatibility": "FULL_TRANSITIVE"});
        let set: Value = self.told(self.ask(Method::PUT, &format!("/config/{subject}"), Some(&level))?)?;
        drop(set);
        Ok(())
    }

    /// Why a schema is not compatible with the versions of a subject that is there; nothing when it is.
    ///
    /// # Errors
    /// See [`RegistryError`].
    pub fn incompatibilities(&self, subject: &Subject, text: &str) -> Result<Vec<String>, RegistryError> {
        let path = format!("/compatibility/subjects/{subject}/versions?verbose=true");
        let Verdict { is_compatible, messages } = self.told(self.post(&path, text)?)?;
        Ok(match is_compatible {
            true => Vec::new(),
            false if messages.is_empty() => vec!["the registry does not say why".to_owned()],
            false => messages,
        })
    }

    /// Registers a schema under a subject and tells its id; one that is there keeps the id that it has.
    ///
    /// # Errors
    /// See [`RegistryError`].
    pub fn register(&self, subject: &Subject, text: &str) -> Result<u32, RegistryError> {
        let Stood { id } = self.told(self.post(&format!("/subjects/{subject}/versions"), text)?)?;
        Ok(id)
    }

    /// The text of a schema; `None` when its id is not known, or stands for something else than one Avro schema that contains
    /// all it names.
    ///
    /// # Errors
    /// See [`RegistryError`].
    pub fn schema(&self, id: u32) -> Result<Option<String>, RegistryError> {
        let found: Option<Schema> = self.known(self.ask(Method::GET, &format!("/schemas/ids/{id}"), None)?)?;
        Ok(found.filter(Schema::is_whole_avro).map(|schema| schema.schema))
    }

    fn post(&self, path: &str, schema: &str) -> Result<Answer, RegistryError> {
        self.ask(Method::POST, path, Some(&json!({"schema": schema})))
    }

    fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, RegistryError> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url()));
        request = request.header("accept", CONTENT_TYPE);
        if let Some(login) = &self.settings.login {
            request = request.header("authorization", login.header());
        }
        let answered = match body {
            Some(body) => {
                let request = request.header("content-type", CONTENT_TYPE).body(body.to_string());
                request.map_err(ureq::Error::from).and_then(|request| self.agent.run(request))
            }
            None => request.body(()).map_err(ureq::Error::from).and_then(|request| self.agent.run(request)),
        };
        let read = answered.and_then(|mut answer| {
            let body = answer.body_mut().with_config().limit(MOST_ANSWER).read_to_vec()?;
            Ok(Answer { status: answer.status().as_u16(), body })
        });
        read.map_err(|error| self.away(error.to_string()))
    }

    /// What a successful answer tells.
    fn told<T: DeserializeOwned>(&self, answer: Answer) -> Result<T, RegistryError> {
        let path = "there is no such subject or schema".to_owned();
        self.known(answer)?.ok_or_else(|| self.refused(path))
    }

    /// The same; `None` when it is about something that is not there.
    fn known<T: DeserializeOwned>(&self, Answer { status, body }: Answer) -> Result<Option<T>, RegistryError> {
        if (200..300).contains(&status) {
            let read = serde_json::from_slice(&body).map(Some);
            return read.map_err(|error| self.refused(format!("its answer is not that of a registry ({error})")));
        }
        match Refusal::of(status, &body) {
            Refusal::Unknown => Ok(None),
            Refusal::Away(what) => Err(self.away(what)),
            Refusal::Refused(what) => Err(self.refused(what)),
        }
    }

    fn away(&self, what: String) -> RegistryError {
        RegistryError::Away { url: self.url().to_owned(), what }
    }

    fn refused(&self, what: String) -> RegistryError {
        RegistryError::Refused { url: self.url().to_owned(), what }
    }
}

/// An answer, whatever it means.
struct Answer {
    status: u16,
    body: Vec<u8>,
}
