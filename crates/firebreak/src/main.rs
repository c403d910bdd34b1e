//! The executable: the command line in, an exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    firebreak::cli::main(std::env::args_os())
}
