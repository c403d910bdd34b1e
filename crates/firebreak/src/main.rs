//! The executable: the command line in, an exit code out.

use std::process::ExitCode;

/// Records are made on one thread and freed on another, millions of them: the system's allocator costs a fifth of a run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    firebreak::cli::main(std::env::args_os())
}
