//! The user's guide. It is no secret: whoever finds the server may read how it is used.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use serde::{Deserialize, Serialize};

/// A page of the guide, with the others beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub name: String,
    pub title: String,
    /// Our own Markdown as HTML, without its first heading.
    pub html: String,
    pub others: Vec<Chapter>,
}

/// A page of the guide by its name in the address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chapter {
    pub name: String,
    pub title: String,
}

/// A page by its name; the first one by none.
#[server(prefix = "/fn", endpoint = "view_docs", output = Answer)]
pub async fn view_docs(page: String) -> Result<Page, AppError> {
    crate::guide::page(&page).ok_or_else(|| {
        let error = AppError::NotFound(format!("The guide has no page “{page}”"));
        error.set_status();
        error
    })
}
