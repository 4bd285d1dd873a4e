//! How long promoting and rolling back take through REST, and how many small images arrive in a second.

use crate::figures::{Figure, note};
use crate::history::History;
use crate::images;
use crate::installation::Installation;
use anyhow::{Context, Result};
use serde_json::json;
use std::time::Instant;

const TIMES: usize = 200;
const AT: &str = "/projects/product-0/integrations/service-0";

pub async fn measure(installation: &Installation, _: &History) -> Result<Vec<Figure>> {
    note("pushing, promoting and rolling back");
    let target = installation.target("product-0/service-0/e0").await?;
    let (digests, throughput) = images::push_small(&target, TIMES).await?;
    let mut figures = vec![throughput];

    let mut durations = Vec::new();
    for digest in digests {
        let wish = json!({"digest": digest, "from": "e0", "to": "e1", "reason": "measuring"});
        let start = Instant::now();
        let promotion = installation.made(&format!("{AT}/promotions"), wish).await?;
        durations.push(start.elapsed());
        anyhow::ensure!(promotion["state"] == "applied", "it waits: {promotion}");
    }
    figures.extend(Figure::percentiles("promote", &mut durations, 99));

    let board = installation.asked(AT).await?;
    let bucket =
        board["buckets"].as_array().and_then(|buckets| buckets.iter().find(|bucket| bucket["slug"] == "e1"));
    let history = bucket.context("no bucket")?["history"].as_array().context("no history")?.clone();
    let mut durations = Vec::new();
    for time in 0..TIMES {
        let wish = json!({"placement": history[time % 2]["placement"], "reason": "measuring"});
        let start = Instant::now();
        installation.made(&format!("{AT}/buckets/e1/rollbacks"), wish).await?;
        durations.push(start.elapsed());
    }
    figures.extend(Figure::percentiles("roll back", &mut durations, 99));
    Ok(figures)
}
