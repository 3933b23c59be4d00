//! Rows as columns.

/// Rows of cells as columns: the first `left` of them begin at the left, the others, which are numbers, end at the right.
pub(in crate::command) fn aligned<R: AsRef<[String]>>(rows: &[R], left: usize) -> String {
    let columns = rows.iter().map(|row| row.as_ref().len()).max().unwrap_or_default();
    let width =
        |column: usize| rows.iter().filter_map(|row| row.as_ref().get(column)).map(|it| it.chars().count()).max();
    let widths: Vec<_> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.as_ref().iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
            if column < left { format!("{cell:width$}") } else { format!("{cell:>width$}") }
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}
