//! What is written: results to standard output in the wanted format, words to standard error. Without colours.

use crate::args::Format;
use serde::Serialize;
use std::io::{self, Write};

/// Lines of cells.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
    /// Whether the first line names the columns.
    headed: bool,
}

impl Table {
    /// A table whose first line names its columns.
    pub fn new(columns: &[&str]) -> Self {
        Self { rows: vec![columns.iter().map(|&column| column.to_owned()).collect()], headed: true }
    }

    /// A table of names and values, without a line of headings.
    pub fn facts<const N: usize>(facts: [(&str, String); N]) -> Self {
        let facts = facts.into_iter().filter(|(_, value)| !value.is_empty());
        Self { rows: facts.map(|(name, value)| vec![name.to_owned(), value]).collect(), headed: false }
    }

    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    /// What each line is called, a line each; of facts, what they are about.
    fn names(&self) -> String {
        let names: Vec<&String> = if self.headed {
            self.rows.iter().skip(1).filter_map(|row| row.first()).collect()
        } else {
            self.rows.first().and_then(|row| row.get(1)).into_iter().collect()
        };
        names.into_iter().map(|name| plain(name) + "\n").collect()
    }

    /// Columns as wide as their widest cell; the last one as it is.
    fn render(&self) -> String {
        let rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect()).collect();
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
            format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
        };
        rows.iter().map(line).collect()
    }
}

/// Writes a result. A reader that goes away, such as `head`, is no failure; answers whether one is still there.
pub fn show<T: Serialize>(format: Format, result: &T, table: impl FnOnce(&T) -> Table) -> io::Result<bool> {
    write(&match format {
        Format::Table => table(result).render(),
        Format::Json => serde_json::to_string_pretty(result)? + "\n",
        Format::Yaml => yaml(result)?,
        Format::Name => table(result).names(),
    })
}

/// A result as YAML.
pub fn yaml(result: &impl Serialize) -> io::Result<String> {
    towpath_api::yaml::text(result).map_err(io::Error::other)
}

/// Writes a result that is text already, as [`show`] does.
pub fn write(text: &str) -> io::Result<bool> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        written => written.map(|()| true),
    }
}

/// Says something about the result. Whether anyone listens does not matter.
pub fn say(words: &str) {
    let lines: Vec<String> = words.lines().map(plain).collect();
    _ = writeln!(io::stderr().lock(), "{}", lines.join("\n"));
}

/// Text from elsewhere without what a terminal would obey.
pub fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_no_line_ends_in_spaces() {
        let mut table = Table::new(&["BUCKET", "CURRENT", ""]);
        table.row(["qa".to_owned(), "1.4.2".to_owned(), "ä".to_owned()]);
        table.row(["production".to_owned(), String::new(), String::new()]);
        assert_eq!(table.render(), "BUCKET      CURRENT\nqa          1.4.2    ä\nproduction\n");
    }

    #[test]
    fn a_terminal_is_not_commanded_by_what_others_wrote() {
        assert_eq!(Table::facts([("title", "a\u{1b}[31mb\nc".to_owned())]).render(), "title  a [31mb c\n");
    }
}
