//! Rules that a log breaks on purpose, so that the contract suite can show that it notices.

/// A rule that a log breaks on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defect {
    /// Readers see the records of aborted transactions.
    ShowAborted,
    /// Neither the transactional id's epoch nor the group's generation is checked.
    ForgetFencing,
    /// Offsets are committed before the transaction, and stay when it fails.
    OffsetsApart,
}
