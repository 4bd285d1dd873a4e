//! What someone chooses for their browser; open to who is not signed in too.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::preferences::Theme;

#[cfg(feature = "ssr")]
use crate::{preferences, visitors::keep};

#[server(prefix = "/fn", endpoint = "choose_theme", output = Answer)]
pub async fn choose_theme(theme: Theme) -> Result<(), AppError> {
    keep(preferences::THEME, theme.chosen())
}

#[server(prefix = "/fn", endpoint = "switch_shortcuts", output = Answer)]
pub async fn switch_shortcuts(on: bool) -> Result<(), AppError> {
    keep(preferences::SHORTCUTS, (!on).then_some(preferences::OFF))
}
