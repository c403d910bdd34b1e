//! escalate.
