//! Tables as files for spreadsheets: comma-separated values (RFC 4180).

/// A line of cells, each in quotes.
pub fn row<const N: usize>(cells: [String; N]) -> String {
    cells.map(|cell| quoted(&cell)).join(",") + "\r\n"
}

/// What a spreadsheet would take for a formula gets an apostrophe before it, which makes it a text (OWASP, “CSV
/// Injection”).
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_neither_a_formula_nor_the_end_of_its_line() {
        assert_eq!(row(["a".to_owned(), "say \"b\",\nc".to_owned()]), "\"a\",\"say \"\"b\"\",\nc\"\r\n");
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"] {
            assert_eq!(quoted(formula), format!("\"'{formula}\""));
        }
        assert_eq!(quoted("1 = 1"), "\"1 = 1\"");
    }
}
