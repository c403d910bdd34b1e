//! firebreak.
