//! The executable as a library: commands, presentation and the wiring of the pipeline, nothing else.

pub mod run;
