//! How a use case ends when it does not succeed. Each edge turns these into its own protocol.

use towpath_domain::access::Refusal;
use towpath_domain::carry_overs::CarryOverRefused;
use towpath_domain::confirmations::NotFresh;
use towpath_domain::deletions::DeletionRefused;
use towpath_domain::environments::MoveRefused;
use towpath_domain::forms::Invalid;
use towpath_domain::projects::{ArchiveRefused, Archived};
use towpath_domain::promotions::{
    ApplyRefused, CancelRefused, DecideRefused, PassRefused, RequestRefused, RetryRefused, ReviewRefused,
};
use towpath_domain::proposals::ProposalRefused;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or who asks may not know that it does.
    #[error("{0} was not found")]
    NotFound(String),
    #[error(transparent)]
    Forbidden(Refusal),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// What is there already stands against it.
    #[error("{0}")]
    Conflict(String),
    /// A promotion, decision or rollback that the rules refuse.
    #[error("{0}")]
    Refused(String),
    /// A one-time link that was used or withdrawn, has expired or never was.
    #[error("This link has been used, was withdrawn or has expired. Ask for a new one.")]
    LinkGone,
    /// Wrong e-mail address or password; which of them is not told.
    #[error("The e-mail address or the password is wrong.")]
    Credentials,
    /// A wrong password of someone who is signed in, in a field of a form.
    #[error("This is not your password.")]
    Password { field: &'static str },
    /// Whoever may do it has to prove first that it is them.
    #[error(transparent)]
    NotFresh(#[from] NotFresh),
    /// A token that is unknown, expired or revoked.
    #[error("{0}")]
    Token(&'static str),
    /// A CI job whose token is not exchanged.
    #[error("{0}")]
    Untrusted(towpath_domain::publishers::Refusal),
    /// Tried too often; nothing was looked at.
    #[error("Too many tries. Wait {} and try again.", wait(*retry_after_seconds))]
    TooMany { retry_after_seconds: i64 },
    /// Too many heavy requests at once; the same call may go through in a moment.
    #[error("The server is busy. Try again in a moment.")]
    Busy,
    #[error(transparent)]
    Store(towpath_store::Error),
    #[error(transparent)]
    Blobs(#[from] towpath_blobs::Error),
    #[error("{0}")]
    Internal(String),
}

/// A time to wait, in words and rounded up.
fn wait(seconds: i64) -> String {
    match (seconds + 59) / 60 {
        ..=1 => "a minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}

impl Error {
    pub(crate) fn not_found(what: impl std::fmt::Display) -> Self {
        Self::NotFound(what.to_string())
    }

    /// Why a rule or what is there refused it, in words; an error of ours stays one.
    pub(crate) fn refusal(self) -> Result<String, Self> {
        match self {
            Self::Invalid(invalid) => {
                let messages: Vec<&str> =
                    invalid.errors().iter().map(|error| error.message.as_str()).collect();
                Ok(messages.join(" "))
            }
            Self::NotFound(_) => Ok(format!("{self}.")),
            Self::Forbidden(_) | Self::Conflict(_) | Self::Refused(_) | Self::NotFresh(_) => {
                Ok(self.to_string())
            }
            other => Err(other),
        }
    }

    /// Names the field whose value is taken, where the schema's uniqueness refused an insert.
    pub(crate) fn taken(error: towpath_store::Error, field: &str, message: &str) -> Self {
        if error.is_duplicate() { Invalid::field(field, message).into() } else { error.into() }
    }
}

impl From<towpath_store::Error> for Error {
    fn from(error: towpath_store::Error) -> Self {
        match error {
            towpath_store::Error::Changed => {
                Self::Conflict("It was changed in the meantime. Reload the page and look again.".to_owned())
            }
            other => Self::Store(other),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Forbidden(refusal)
    }
}

impl From<Archived> for Error {
    fn from(archived: Archived) -> Self {
        Self::Refused(archived.to_string())
    }
}

impl From<ArchiveRefused> for Error {
    fn from(refused: ArchiveRefused) -> Self {
        match refused {
            ArchiveRefused::Global => Self::Refused(refused.to_string()),
            ArchiveRefused::Already { .. } | ArchiveRefused::InUse { .. } => {
                Self::Conflict(refused.to_string())
            }
        }
    }
}

impl From<DeletionRefused> for Error {
    fn from(refused: DeletionRefused) -> Self {
        match refused {
            DeletionRefused::BuiltIn { .. } => Self::Refused(refused.to_string()),
            DeletionRefused::InUse { .. } => Self::Conflict(refused.to_string()),
        }
    }
}

impl From<MoveRefused> for Error {
    fn from(refused: MoveRefused) -> Self {
        Self::Conflict(refused.to_string())
    }
}

impl From<CarryOverRefused> for Error {
    fn from(refused: CarryOverRefused) -> Self {
        match refused {
            CarryOverRefused::Global => Self::Refused(refused.to_string()),
            CarryOverRefused::InUse(_) => Self::Conflict(refused.to_string()),
        }
    }
}

impl From<RequestRefused> for Error {
    fn from(refused: RequestRefused) -> Self {
        match refused {
            RequestRefused::Forbidden(refusal) => Self::Forbidden(refusal),
            RequestRefused::AlreadyThere { .. }
            | RequestRefused::AlreadyPinned { .. }
            | RequestRefused::AlreadyAsked { .. }
            | RequestRefused::OneAtATime { .. } => Self::Conflict(refused.to_string()),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<ProposalRefused> for Error {
    fn from(refused: ProposalRefused) -> Self {
        match refused {
            ProposalRefused::Forbidden(refusal) => Self::Forbidden(refusal),
            ProposalRefused::Over(_) => Self::Conflict(refused.to_string()),
            ProposalRefused::Own | ProposalRefused::NotOwn => Self::Refused(refused.to_string()),
        }
    }
}

impl From<DecideRefused> for Error {
    fn from(refused: DecideRefused) -> Self {
        use towpath_domain::gates::Barred;
        match refused {
            DecideRefused::Barred(Barred::Forbidden(refusal)) => Self::Forbidden(refusal),
            DecideRefused::Over(_) | DecideRefused::OtherDigest => Self::Conflict(refused.to_string()),
            DecideRefused::Barred(barred) => Self::Refused(barred.to_string()),
        }
    }
}

impl From<ApplyRefused> for Error {
    fn from(refused: ApplyRefused) -> Self {
        match refused {
            ApplyRefused::Forbidden(refusal) => Self::Forbidden(refusal),
            ApplyRefused::NotReady => Self::Refused(refused.to_string()),
            other => Self::Conflict(other.to_string()),
        }
    }
}

impl From<RetryRefused> for Error {
    fn from(refused: RetryRefused) -> Self {
        match refused {
            RetryRefused::Forbidden(refusal) => Self::Forbidden(refusal),
            RetryRefused::NotFailed(_) => Self::Conflict(refused.to_string()),
        }
    }
}

impl From<CancelRefused> for Error {
    fn from(refused: CancelRefused) -> Self {
        match refused {
            CancelRefused::Forbidden(refusal) => Self::Forbidden(refusal),
            CancelRefused::Over(_) => Self::Conflict(refused.to_string()),
        }
    }
}

impl From<PassRefused> for Error {
    fn from(refused: PassRefused) -> Self {
        match refused {
            PassRefused::Forbidden(refusal) => Self::Forbidden(refusal),
            PassRefused::Over(_) | PassRefused::OtherDigest => Self::Conflict(refused.to_string()),
            PassRefused::Bad { .. } => Self::Refused(refused.to_string()),
        }
    }
}

impl From<ReviewRefused> for Error {
    fn from(refused: ReviewRefused) -> Self {
        match refused {
            ReviewRefused::Forbidden(refusal) => Self::Forbidden(refusal),
            ReviewRefused::None | ReviewRefused::Reviewed => Self::Conflict(refused.to_string()),
            ReviewRefused::Own | ReviewRefused::Asked => Self::Refused(refused.to_string()),
        }
    }
}
