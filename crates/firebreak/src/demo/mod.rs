//! The whole product on one machine: services, stages, a crisis, and the proof that nothing was lost or doubled.

pub mod poster;
pub mod proof;
