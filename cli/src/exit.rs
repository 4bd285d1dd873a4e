//! Exit codes: a promise to scripts, written down in `docs/cli.md`.

use std::process::ExitCode;
use towpath_api::problems::{Problem, ProblemKind};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Success = 0,
    /// Something failed that none of the others tell.
    Failure = 1,
    /// The command, or a value in it, is wrong. The parser of arguments uses it too.
    Usage = 2,
    NotSignedIn = 3,
    Forbidden = 4,
    NotFound = 5,
    Conflict = 6,
    /// A gate or another rule stands against it.
    Blocked = 7,
    /// It was asked for, and waits for an approval.
    Waiting = 8,
    TimedOut = 9,
    /// What there is differs from what documents declare.
    Differences = 10,
    /// The same may work in a moment (`EX_TEMPFAIL` of `sysexits.h`).
    TryAgain = 75,
}

impl Exit {
    /// What a problem that the server tells means for a script.
    pub fn of(problem: &Problem) -> Self {
        match problem.known() {
            Some(
                ProblemKind::Malformed
                | ProblemKind::MethodNotAllowed
                | ProblemKind::TooLarge
                | ProblemKind::UnsupportedMediaType
                | ProblemKind::Invalid,
            ) => Self::Usage,
            Some(ProblemKind::Unauthenticated | ProblemKind::ConfirmationNeeded) => Self::NotSignedIn,
            Some(ProblemKind::Forbidden) => Self::Forbidden,
            Some(ProblemKind::NotFound | ProblemKind::Gone) => Self::NotFound,
            Some(ProblemKind::Conflict) => Self::Conflict,
            Some(ProblemKind::Blocked) => Self::Blocked,
            Some(ProblemKind::TooManyRequests | ProblemKind::Busy) => Self::TryAgain,
            Some(ProblemKind::Internal) | None => Self::Failure,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The guide says of each type of problem which exit code it is.
    #[test]
    fn the_guide_tells_the_exit_code_of_every_problem() {
        let guide = include_str!("../../docs/problems.md");
        for kind in ProblemKind::ALL {
            let heading = format!("\n## {}\n\n{}, exit code ", kind.slug(), kind.status());
            let (_, rest) = guide.split_once(&heading).unwrap_or_else(|| panic!("{heading}"));
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            assert_eq!(digits, (Exit::of(&Problem::new(kind, "")) as u8).to_string(), "{}", kind.slug());
        }
    }
}
