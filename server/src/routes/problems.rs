//! Where the `type` of a problem leads: its section of the guide.

use super::failures::Failure;
use axum::Router;
use axum::extract::Path;
use axum::response::IntoResponse;
use axum::routing::get;
use http::header::CONTENT_TYPE;

/// The guide, the same as in the documentation.
const GUIDE: &str = include_str!("../../../docs/problems.md");

pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/problems/{kind}", get(view))
}

async fn view(Path(kind): Path<String>) -> Result<impl IntoResponse, Failure> {
    let section = GUIDE.split("\n## ").skip(1).find(|section| section.lines().next() == Some(&kind));
    let section = section.ok_or_else(|| Failure::not_found(format!("There is no problem “{kind}”.")))?;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{}\n", section.trim_end())))
}
