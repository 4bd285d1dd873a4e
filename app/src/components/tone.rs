//! The few moods in which something is said, shared by badges and banners.

use super::icon::Symbol;

/// What a colour means; never the only sign of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Neutral,
    Accent,
    Info,
    Success,
    Warning,
    Danger,
}

impl Tone {
    /// The end of the class that carries this tone: `badge--success`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Accent => "accent",
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }

    /// The shape that says the same to those who do not see the colour.
    pub const fn symbol(self) -> Symbol {
        match self {
            Self::Neutral | Self::Accent | Self::Info => Symbol::Info,
            Self::Success => Symbol::Check,
            Self::Warning => Symbol::Warning,
            Self::Danger => Symbol::Ban,
        }
    }
}
