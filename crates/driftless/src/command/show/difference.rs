//! How two images differ, as text.

use std::fmt::{self, Write as _};

use oci::{Difference, FileDifference, FileKind, FileSide, LayerDifference, LayerSide};

use super::{harmless, text::size};

/// Signs as in `diff`, and what became of the value.
struct Row {
    sign: char,
    name: String,
    became: String,
}

impl Row {
    fn of<T>(
        name: String,
        from: Option<&T>,
        to: Option<&T>,
        change: impl Fn(&T, &T) -> String,
        show: impl Fn(&T) -> String,
    ) -> Self {
        let (sign, became) = match (from, to) {
            (Some(from), Some(to)) => ('~', change(from, to)),
            (None, Some(to)) => ('+', show(to)),
            (Some(from), None) => ('-', show(from)),
            (None, None) => (' ', String::new()),
        };
        Self { sign, name, became }
    }
}

/// A section each for settings, layers and files, if any of them differ.
pub(in crate::command) fn sections(difference: &Difference) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let settings = difference.settings.iter().map(|it| {
        let value = |value: &String| if value.is_empty() { "\"\"".to_owned() } else { value.clone() };
        let change = |from: &String, to: &String| format!("{} -> {}", value(from), value(to));
        Row::of(it.setting.clone(), it.from.as_ref(), it.to.as_ref(), change, value)
    });
    section(&mut out, "settings", settings)?;
    section(&mut out, "layers", difference.layers.iter().map(layer))?;
    section(&mut out, "files", difference.files.iter().map(file))?;
    if difference.settings.is_empty() && difference.layers.iter().all(LayerDifference::is_same) {
        writeln!(out, "only the documents differ: what runs is the same")?;
    }
    Ok(out)
}

fn section(out: &mut String, title: &str, rows: impl Iterator<Item = Row>) -> fmt::Result {
    let rows: Vec<_> = rows.map(|row| Row { name: harmless(&row.name).into_owned(), ..row }).collect();
    let width = rows.iter().map(|row| row.name.chars().count()).max();
    if let Some(width) = width {
        writeln!(out, "{title}")?;
        for Row { sign, name, became } in rows {
            writeln!(out, "  {sign} {name:<width$}  {}", harmless(&became))?;
        }
    }
    Ok(())
}

fn layer(layer: &LayerDifference) -> Row {
    let number = |side: &Option<LayerSide>| side.as_ref().map(|side| side.layer);
    let name = match (number(&layer.from), number(&layer.to)) {
        (Some(from), Some(to)) if from != to => format!("{from} -> {to}"),
        (from, to) => to.or(from).unwrap_or_default().to_string(),
    };
    let show = |side: &LayerSide| format!("{}  {}", size(side.size), side.digest);
    if layer.is_same() {
        let became = layer.to.as_ref().map(show).unwrap_or_default();
        return Row { sign: '=', name, became };
    }
    let change = |from: &LayerSide, to: &LayerSide| {
        let packed = if from.diff_id == to.diff_id { ", the same compressed otherwise" } else { "" };
        format!("{} -> {}{packed}", size(from.size), size(to.size))
    };
    Row::of(name, layer.from.as_ref(), layer.to.as_ref(), change, show)
}

fn file(file: &FileDifference) -> Row {
    let show = |side: &FileSide| format!("{}  layer {}", what(side), side.layer);
    let change = |from: &FileSide, to: &FileSide| {
        let mut changes = Vec::new();
        if from.file.kind != to.file.kind || from.file.size != to.file.size {
            changes.push(format!("{} -> {}", what(from), what(to)));
        } else if from.content != to.content {
            changes.push(format!("{}, other content", what(to)));
        }
        if from.file.mode != to.file.mode {
            changes.push(format!("mode {:04o} -> {:04o}", from.file.mode, to.file.mode));
        }
        let owner = |side: &FileSide| format!("{}:{}", side.file.uid, side.file.gid);
        if owner(from) != owner(to) {
            changes.push(format!("owner {} -> {}", owner(from), owner(to)));
        }
        format!("{}  layer {}", changes.join(", "), to.layer)
    };
    Row::of(format!("/{}", file.path), file.from.as_ref(), file.to.as_ref(), change, show)
}

/// The size of a file, the kind of anything else.
fn what(side: &FileSide) -> String {
    match &side.file.kind {
        FileKind::Directory => "directory".to_owned(),
        FileKind::File => size(side.file.size),
        FileKind::Special => "device or pipe".to_owned(),
        FileKind::Symlink { target } => format!("link to {target}"),
        FileKind::Hardlink { target } => format!("the file /{target}"),
    }
}
