//! What was measured, and how it is printed.

use std::fmt::{self, Write as _};
use std::time::Duration;

/// One thing that was measured.
#[derive(Debug, Clone)]
pub struct Figure {
    pub name: String,
    pub value: f64,
    pub unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Milliseconds,
    PerSecond,
    /// Millions of bytes.
    MegabytesPerSecond,
    /// Thousands of bytes.
    Kilobytes,
    Megabytes,
}

impl Figure {
    pub fn new(name: impl Into<String>, value: f64, unit: Unit) -> Self {
        Self { name: name.into(), value, unit }
    }

    /// The median and a higher percentile of some durations.
    pub fn percentiles(name: &str, durations: &mut [Duration], high: u32) -> [Self; 2] {
        durations.sort_unstable();
        let at = |percent: u32| {
            let rank = durations.len() * percent as usize / 100;
            let duration = durations.get(rank.min(durations.len().saturating_sub(1)));
            duration.copied().unwrap_or_default().as_secs_f64() * 1_000.0
        };
        [
            Self::new(format!("{name}, p50"), at(50), Unit::Milliseconds),
            Self::new(format!("{name}, p{high}"), at(high), Unit::Milliseconds),
        ]
    }

    fn text(&self) -> String {
        match self.unit {
            Unit::Milliseconds => format!("{:.1} ms", self.value),
            Unit::PerSecond => format!("{:.0} /s", self.value),
            Unit::MegabytesPerSecond => format!("{:.0} MB/s", self.value),
            Unit::Kilobytes => format!("{:.1} kB", self.value),
            Unit::Megabytes => format!("{:.0} MB", self.value),
        }
    }
}

/// A table in Markdown, to be read on a terminal and kept in a file.
#[derive(Debug)]
pub struct Table {
    title: String,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn one(title: &str, figures: &[Figure]) -> Self {
        let rows = figures.iter().map(|figure| vec![figure.name.clone(), figure.text()]).collect();
        Self { title: title.to_owned(), head: vec![String::new(), String::new()], rows }
    }

    /// The same figures twice, and the second by the first.
    pub fn compare(title: &str, columns: &[String; 2], first: &[Figure], second: &[Figure]) -> Self {
        let row = |figure: &Figure| {
            let other = second.iter().find(|other| other.name == figure.name);
            let ratio = other.map_or_else(String::new, |other| format!("{:.2}", other.value / figure.value));
            vec![
                figure.name.clone(),
                figure.text(),
                other.map_or_else(|| "–".to_owned(), Figure::text),
                ratio,
            ]
        };
        let [one, two] = columns.clone();
        Self {
            title: title.to_owned(),
            head: vec![String::new(), one, two, "second / first".to_owned()],
            rows: first.iter().map(row).collect(),
        }
    }

    pub fn memory(title: &str, memories: &[(String, f64)]) -> Self {
        let figures: Vec<Figure> =
            memories.iter().map(|(name, value)| Figure::new(name, *value, Unit::Megabytes)).collect();
        Self::one(title, &figures)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = || std::iter::once(&self.head).chain(&self.rows);
        let width = |column: usize| {
            lines().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max()
        };
        let widths: Vec<usize> =
            (0..self.head.len()).map(|column| width(column).unwrap_or_default()).collect();
        writeln!(f, "\n## {}\n", self.title)?;
        for (position, line) in lines().enumerate() {
            let cells = line.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            writeln!(f, "| {} |", cells.collect::<Vec<_>>().join(" | "))?;
            if position == 0 {
                let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                writeln!(f, "| {} |", rules.join(" | "))?;
            }
        }
        Ok(())
    }
}

/// The machine, as far as Linux tells: processors, memory.
pub fn machine() -> String {
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let processor = field(&read("/proc/cpuinfo"), "model name");
    let memory = field(&read("/proc/meminfo"), "MemTotal");
    let count = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let mut text = String::new();
    // Writing to a string cannot fail.
    _ = write!(text, "Measured on {count} × {processor}, {memory} of memory.");
    text
}

#[expect(clippy::print_stdout, reason = "what the program was asked for goes to standard output")]
pub fn say(text: &str) {
    println!("{text}");
}

/// What it is doing, on standard error.
pub fn note(text: &str) {
    eprintln!("bench: {text}");
}
