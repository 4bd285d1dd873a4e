//! Signing in.

use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Login {
    /// Your e-mail address; asked for on a terminal.
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
    /// Read the password from standard input instead of asking for it.
    #[arg(long, requires = "email")]
    pub password_stdin: bool,
    /// Read a token from standard input and use it.
    #[arg(long, conflicts_with_all = ["email", "password_stdin"])]
    pub token_stdin: bool,
    /// Read a token from a file and use it.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["email", "password_stdin", "token_stdin"])]
    pub token_file: Option<PathBuf>,
}
