//! Topics of a cluster: described, created, altered, deleted. Calls wait for the answer.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use events::Topic;
use rdkafka::admin::{
    AdminClient, AdminOptions, AlterConfig, ConfigSource, NewTopic, ResourceSpecifier, TopicReplication,
};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::types::RDKafkaRespErr;

use super::topics::{Declared, Described, Difference};
use super::{KafkaSettings, access, config, error};
use crate::Exit;

/// How long a broker may take to hear of a topic that was just created by another.
const HEARD_OF: Duration = Duration::from_secs(3);
/// Between two questions.
const PAUSE: Duration = Duration::from_millis(200);

/// A client that administers topics.
pub struct Admin {
    client: AdminClient<DefaultClientContext>,
    settings: KafkaSettings,
}

impl Admin {
    /// A client that has not connected yet.
    ///
    /// # Errors
    /// [`Exit::Fatal`] when no client can be made of the settings.
    pub fn new(settings: &KafkaSettings) -> Result<Self, Exit> {
        let failed = |error: KafkaError| Exit::Fatal(format!("the admin client cannot be made: {error}"));
        Ok(Self { client: config::admin(settings).create().map_err(failed)?, settings: settings.clone() })
    }

    /// How these topics are set up; those that are not there are left out.
    ///
    /// # Errors
    /// See [`Exit`].
    pub fn describe(&self, topics: &[Topic]) -> Result<Vec<Described>, Exit> {
        let metadata =
            access::metadata(self.client.inner(), &self.settings, None, "the cluster's topics are not listed")?;
        let mut described = Vec::new();
        for topic in topics {
            let name = self.settings.topic(*topic);
            let Some(found) = metadata.topics().iter().find(|found| found.name() == name) else {
                self.not_hidden(&name)?;
                continue;
            };
            if found.error() == Some(RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
                continue;
            }
            let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
            let replication = count(found.partitions().first().map_or(0, |partition| partition.replicas().len()));
            let partitions = count(found.partitions().len());
            described.push(Described { topic: *topic, partitions, replication, configs: Default::default() });
        }
        let names: Vec<String> = described.iter().map(|found| self.settings.topic(found.topic)).collect();
        let resources: Vec<ResourceSpecifier<'_>> = names.iter().map(|name| ResourceSpecifier::Topic(name)).collect();
        if resources.is_empty() {
            return Ok(described);
        }
        let deadline = Instant::now() + HEARD_OF;
        loop {
            let what = "settings of topics are not told";
            let answers = wait_for(self.client.describe_configs(&resources, &self.options()));
            let mut untold = None;
            for (found, answer) in described.iter_mut().zip(answers.map_err(|error| error::exit(&error, what))?) {
                let resource = answer.map_err(|code| error::exit(&KafkaError::AdminOp(code), what))?;
                untold = untold.or(resource.entries.is_empty().then_some(found.topic));
                let set = |entry: rdkafka::admin::ConfigEntry| Some((entry.name, entry.value?));
                found.configs = resource.entries.into_iter().filter_map(set).collect();
            }
            // A topic without settings is one that the broker has not heard of yet, or whose settings the user may not see: the
            // cluster's word for that is lost on the way.
            let Some(topic) = untold else { break };
            if Instant::now() >= deadline {
                let name = self.settings.topic(topic);
                return Err(Exit::Fatal(format!(
                    "the settings of topic `{name}` are not told: grant the user DESCRIBE_CONFIGS on it"
                )));
            }
            std::thread::sleep(PAUSE);
        }
        Ok(described)
    }

    /// A topic that the user may not see is not listed to it; asked for by its name, the cluster says so.
    fn not_hidden(&self, name: &str) -> Result<(), Exit> {
        let what = format!("topic `{name}` is not described");
        let metadata = access::metadata(self.client.inner(), &self.settings, Some(name), &what)?;
        let refused = metadata.topics().iter().find_map(|topic| topic.error()).map(Code::from);
        match refused {
            Some(code @ Code::TopicAuthorizationFailed) => Err(error::exit(&KafkaError::MetadataFetch(code), &what)),
            _ => Ok(()),
        }
    }

    /// What differs between these declarations and the cluster.
    ///
    /// # Errors
    /// See [`Exit`].
    pub fn differences(&self, declared: &[Declared]) -> Result<Vec<Difference>, Exit> {
        let topics: Vec<Topic> = declared.iter().map(|declared| declared.topic).collect();
        let described = self.describe(&topics)?;
        let found = |topic: Topic| described.iter().find(|found| found.topic == topic);
        Ok(declared.iter().flat_map(|declared| declared.differences(found(declared.topic))).collect())
    }

    /// Creates what is missing and sets what differs; what cannot be changed in place is left and comes back.
    ///
    /// # Errors
    /// See [`Exit`].
    pub fn apply(&self, declared: &[Declared]) -> Result<Vec<Difference>, Exit> {
        let differences = self.differences(declared)?;
        let with = |wanted: fn(&Difference) -> Option<Topic>| -> Vec<&Declared> {
            let topics: Vec<Topic> = differences.iter().filter_map(wanted).collect();
            declared.iter().filter(|declared| topics.contains(&declared.topic)).collect()
        };
        self.create(&with(|difference| match difference {
            Difference::Missing { topic } => Some(*topic),
            _ => None,
        }))?;
        self.alter(&with(|difference| match difference {
            Difference::Config { topic, .. } => Some(*topic),
            _ => None,
        }))?;
        Ok(differences.into_iter().filter(|difference| !difference.can_be_applied()).collect())
    }

    fn create(&self, declared: &[&Declared]) -> Result<(), Exit> {
        let names: Vec<String> = declared.iter().map(|declared| self.settings.topic(declared.topic)).collect();
        let topics: Vec<NewTopic<'_>> = declared
            .iter()
            .zip(&names)
            .map(|(declared, name)| {
                let replication = TopicReplication::Fixed(declared.replication);
                let topic = NewTopic::new(name, declared.partitions.get(), replication);
                declared.configs.iter().fold(topic, |topic, (name, value)| topic.set(name, value))
            })
            .collect();
        if topics.is_empty() {
            return Ok(());
        }
        let what = "topics cannot be created";
        let answers = wait_for(self.client.create_topics(&topics, &self.options()));
        for answer in answers.map_err(|error| error::exit(&error, what))? {
            match answer {
                Ok(_) | Err((_, Code::TopicAlreadyExists)) => {}
                Err((name, code)) => {
                    return Err(error::exit(&KafkaError::AdminOp(code), &format!("topic `{name}` cannot be created")));
                }
            }
        }
        self.wait_until_known(&names)
    }

    /// The broker answers before all of the cluster knows of a topic.
    fn wait_until_known(&self, names: &[String]) -> Result<(), Exit> {
        let deadline = std::time::Instant::now() + self.settings.patience.connect;
        loop {
            let metadata = self.client.inner().fetch_metadata(None, self.settings.patience.request);
            let metadata = metadata.map_err(|error| error::exit(&error, "the cluster's topics are not listed"))?;
            let led = |name: &String| {
                let found = metadata.topics().iter().find(|found| found.name() == name);
                found.is_some_and(|found| found.partitions().iter().all(|partition| partition.leader() >= 0))
            };
            if names.iter().all(led) {
                return Ok(());
            }
            if std::time::Instant::now() > deadline {
                return Err(Exit::Retry("new topics have no leader yet".to_owned()));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sets what is declared. The call of Kafka resets what it is not told, so what was set by others is told again.
    fn alter(&self, declared: &[&Declared]) -> Result<(), Exit> {
        let what = "settings of topics cannot be changed";
        let options = self.options();
        for declared in declared {
            let name = self.settings.topic(declared.topic);
            let now = wait_for(self.client.describe_configs(&[ResourceSpecifier::Topic(&name)], &options));
            let now = now.map_err(|error| error::exit(&error, what))?.into_iter().flatten();
            let set =
                now.flat_map(|resource| resource.entries).filter(|entry| entry.source == ConfigSource::DynamicTopic);
            let kept: Vec<(String, String)> = set.filter_map(|entry| Some((entry.name, entry.value?))).collect();
            let mut change = AlterConfig::new(ResourceSpecifier::Topic(&name));
            for (name, value) in kept.iter().filter(|(name, _)| !declared.configs.contains_key(name.as_str())) {
                change = change.set(name, value);
            }
            for (name, value) in &declared.configs {
                change = change.set(name, value);
            }
            let answers = wait_for(self.client.alter_configs(&[change], &options));
            for answer in answers.map_err(|error| error::exit(&error, what))? {
                answer.map_err(|(_, code)| error::exit(&KafkaError::AdminOp(code), &format!("{what}: `{name}`")))?;
            }
        }
        Ok(())
    }

    /// Deletes topics with all their records; those that are not there stay so.
    ///
    /// # Errors
    /// See [`Exit`].
    pub fn delete(&self, topics: &[Topic]) -> Result<(), Exit> {
        let names: Vec<String> = topics.iter().map(|topic| self.settings.topic(*topic)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let answers = wait_for(self.client.delete_topics(&names, &self.options()));
        for answer in answers.map_err(|error| error::exit(&error, "topics cannot be deleted"))? {
            match answer {
                Ok(_) | Err((_, Code::UnknownTopicOrPartition)) => {}
                Err((name, code)) => {
                    return Err(error::exit(&KafkaError::AdminOp(code), &format!("topic `{name}` cannot be deleted")));
                }
            }
        }
        Ok(())
    }

    fn options(&self) -> AdminOptions {
        let wait = Some(self.settings.patience.connect);
        AdminOptions::new().request_timeout(wait).operation_timeout(wait)
    }
}

/// Waits for a future on this thread: the client has a thread of its own that completes it.
fn wait_for<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        std::thread::park();
    }
}
