//! Errors of librdkafka, by what must be done.

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use crate::Exit;

/// What a transactional call that failed asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    /// The same call again: it is still under way.
    Again,
    /// Abort the transaction.
    Abort,
    /// The producer is of no more use.
    Recreate,
}

impl Remedy {
    /// By the flags of the error; one without a flag is fatal, as librdkafka has it.
    pub(super) fn of(error: &KafkaError) -> Self {
        match error {
            KafkaError::Transaction(error) if error.is_retriable() => Self::Again,
            KafkaError::Transaction(error) if error.txn_requires_abort() => Self::Abort,
            KafkaError::Flush(_) => Self::Again,
            _ => Self::Recreate,
        }
    }
}

pub(super) fn code(error: &KafkaError) -> Code {
    match error {
        KafkaError::Transaction(error) => error.code(),
        other => other.rdkafka_error_code().unwrap_or(Code::Unknown),
    }
}

/// What went wrong, with librdkafka's own words for a transaction.
pub(super) fn text(error: &KafkaError) -> String {
    match error {
        KafkaError::Transaction(error) => format!("{} ({})", error.string(), error.name()),
        other => other.to_string(),
    }
}

/// Another producer took this transactional id, or the broker gave the transaction up.
pub(super) fn is_fenced(code: Code) -> bool {
    matches!(code, Code::Fenced | Code::ProducerFenced | Code::InvalidProducerEpoch)
}

/// The group does not know this member in this generation.
pub(super) fn is_no_member(code: Code) -> bool {
    matches!(
        code,
        Code::IllegalGeneration
            | Code::UnknownMemberId
            | Code::FencedInstanceId
            | Code::RebalanceInProgress
            | Code::AssignmentLost
    )
}

/// It passes by itself within moments: a partition without a leader, or with one that does not know it yet; a client that does not
/// know the partition yet; an answer that is late.
pub(super) fn is_passing(code: Code) -> bool {
    matches!(
        code,
        Code::NotLeaderForPartition
            | Code::LeaderNotAvailable
            | Code::UnknownPartition
            | Code::UnknownTopicOrPartition
            | Code::FencedLeaderEpoch
            | Code::UnknownLeaderEpoch
            | Code::KafkaStorageError
            | Code::OffsetNotAvailable
            | Code::OperationTimedOut
            | Code::BrokerTransportFailure
    )
}

/// What no later try can change: a right that is missing, a topic that is not there, a login that is refused.
pub(super) fn lasting(code: Code, what: &str) -> Option<Exit> {
    let remedy = match code {
        Code::TopicAuthorizationFailed => {
            "the user may not use this topic: grant it READ, WRITE and DESCRIBE as its role needs"
        }
        Code::GroupAuthorizationFailed => "the user may not use this group: grant it READ and DESCRIBE on the group",
        Code::TransactionalIdAuthorizationFailed => {
            "the user may not use this transactional id: grant it WRITE and DESCRIBE on transactional ids of its role"
        }
        Code::ClusterAuthorizationFailed => "the user may not do this on the cluster: grant it the operation",
        Code::SaslAuthenticationFailed | Code::Authentication => {
            "the login is refused: see user, password and SCRAM hash"
        }
        Code::UnknownTopicOrPartition | Code::UnknownTopic => {
            "there is no such topic or partition: see `firebreak topics check`"
        }
        Code::InvalidTransactionTimeout => {
            "the transaction timeout is above the brokers' `transaction.max.timeout.ms`: lower the one or raise the other"
        }
        Code::InvalidSessionTimeout => {
            "the session timeout is outside what the brokers allow: see `group.min.session.timeout.ms`"
        }
        _ => return None,
    };
    Some(Exit::Fatal(format!("{what}: {remedy} ({code})")))
}

/// The same for one who reads in the name of `group`, outside of it.
pub(super) fn lasting_for(group: &str, code: Code, what: &str) -> Option<Exit> {
    lasting(code, &if code == Code::GroupAuthorizationFailed { format!("group `{group}`") } else { what.to_owned() })
}

/// A call that failed outside a transaction: by its code no try helps, or the next one may.
pub(super) fn exit(error: &KafkaError, what: &str) -> Exit {
    lasting(code(error), what).unwrap_or_else(|| Exit::Retry(format!("{what}: {}", text(error))))
}
