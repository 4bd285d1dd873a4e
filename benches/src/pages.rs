//! How long pages take to be rendered, from the request to the last byte.

use crate::figures::{Figure, note};
use crate::history::History;
use crate::installation::Installation;
use anyhow::Result;

const TIMES: usize = 100;

pub async fn measure(installation: &Installation, history: &History) -> Result<Vec<Figure>> {
    note("timing pages");
    let deep = history.events / 2;
    let mut figures = Vec::new();
    for (name, path) in [
        ("home", "/".to_owned()),
        ("board", "/projects/product-0/integrations/service-0".to_owned()),
        ("history of a bucket", "/projects/product-0/integrations/service-0/buckets/e0".to_owned()),
        ("timeline, first page", "/timeline".to_owned()),
        ("timeline, deep page", format!("/timeline?before={deep}")),
        ("timeline of one bucket", "/timeline?integration=product-0%2Fservice-0&bucket=e0".to_owned()),
        ("promotion", "/projects/product-0/promotions/1".to_owned()),
    ] {
        let mut durations = installation.browser.time(&path, TIMES).await?;
        figures.extend(Figure::percentiles(name, &mut durations, 95));
    }
    Ok(figures)
}
