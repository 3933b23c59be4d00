//! The functions that a string of a configuration calls.
//!
//! No parser of Terraform's language, but a reader that errs on the strict side: what it can't follow it names.

use std::{iter::Peekable, str::CharIndices};

/// Functions of values alone: no file, no clock, no network. `uuid` makes a password that AWS keeps.
const PURE: &[&str] = &[
    "abs",
    "alltrue",
    "anytrue",
    "base64decode",
    "base64encode",
    "can",
    "ceil",
    "cidrhost",
    "cidrsubnet",
    "cidrsubnets",
    "coalesce",
    "coalescelist",
    "compact",
    "concat",
    "contains",
    "distinct",
    "element",
    "endswith",
    "flatten",
    "floor",
    "format",
    "formatlist",
    "index",
    "join",
    "jsondecode",
    "jsonencode",
    "keys",
    "length",
    "lookup",
    "lower",
    "max",
    "md5",
    "merge",
    "min",
    "nonsensitive",
    "one",
    "range",
    "regex",
    "regexall",
    "replace",
    "reverse",
    "sensitive",
    "setintersection",
    "setproduct",
    "setsubtract",
    "setunion",
    "sha256",
    "slice",
    "sort",
    "split",
    "startswith",
    "substr",
    "sum",
    "tolist",
    "tomap",
    "toset",
    "tostring",
    "trimspace",
    "try",
    "uuid",
    "values",
    "zipmap",
];

/// Of what `text` calls, that which is not known to be harmless, and what hides calls.
pub(super) fn calls(text: &str) -> Vec<String> {
    let mut reader = Reader { text, rest: text.char_indices().peekable(), found: Vec::new() };
    reader.literal(false);
    reader.found
}

struct Reader<'a> {
    text: &'a str,
    rest: Peekable<CharIndices<'a>>,
    found: Vec<String>,
}

impl Reader<'_> {
    /// Text with `${…}` and `%{…}` in it. One that is escaped as `$${` counts, too: so what Terraform takes for an expression
    /// is never taken for text here. Inside of an expression that would not be so.
    fn literal(&mut self, quoted: bool) {
        while let Some((at, character)) = self.rest.next() {
            match character {
                '"' if quoted => return,
                '\\' if quoted => drop(self.rest.next_if(|(_, next)| matches!(next, '"' | '\\'))),
                '$' | '%' if quoted && ["$${", "%%{"].iter().any(|it| self.text[at..].starts_with(it)) => {
                    self.found.push("an escaped template".to_owned());
                }
                '$' | '%' if self.rest.next_if(|(_, next)| *next == '{').is_some() => self.expression(),
                _ => {}
            }
        }
    }

    /// Up to the brace that closes it.
    fn expression(&mut self) {
        let mut open = 0_u32;
        while let Some((at, character)) = self.rest.next() {
            match character {
                '"' => self.literal(true),
                '{' => open += 1,
                '}' if open == 0 => return,
                '}' => open -= 1,
                // Quotes in them are no strings.
                '#' => self.found.push("a comment".to_owned()),
                '/' if self.follows(&['/', '*']) => self.found.push("a comment".to_owned()),
                '<' if self.follows(&['<']) => self.found.push("a here-document".to_owned()),
                '(' => self.call(at),
                _ => {}
            }
        }
    }

    fn follows(&mut self, characters: &[char]) -> bool {
        self.rest.peek().is_some_and(|(_, next)| characters.contains(next))
    }

    /// Whatever is before a parenthesis, if it could be a name.
    fn call(&mut self, at: usize) {
        let before = self.text[..at].trim_end();
        let is_part =
            |c: char| !c.is_whitespace() && (!c.is_ascii() || c.is_ascii_alphanumeric() || "_-:.".contains(c));
        let name = &before[before.trim_end_matches(is_part).len()..];
        let is_operator = name.is_empty() || name == "-" || name == ":" || name == "in" || name == "if";
        if !is_operator && !PURE.contains(&name) {
            self.found.push(format!("`{}(…)`", name.escape_debug()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_found() {
        for (text, found) in [
            ("file(\"/etc/passwd\")", ""),
            ("ALARM(\"${aws_a.b.name}\") OR ALARM(x)", ""),
            ("arn:${data.a.b.id}:user/$${aws:username} (and more)", ""),
            ("${lookup(var.tasks, \"a\", 1) + (2 * length([\"file(x)\"]))}", ""),
            ("${[for a in (var.b) : -(a) if (a > 1)]}", ""),
            ("${file(\"/etc/passwd\")}", "`file(…)`"),
            ("%{ if fileexists(\"/etc/passwd\") }a%{ endif }", "`fileexists(…)`"),
            ("${join(\",\", [\"${ file (\"/x\") }\"])}", "`file(…)`"),
            ("a\\${templatefile(\"/x\", {})}", "`templatefile(…)`"),
            (
                "${core::file(\"/x\")} ${provider::local::direxists(\"/x\")}",
                "`core::file(…)` `provider::local::direxists(…)`",
            ),
            ("$${ \"  }${file(\"/x\")}", "`file(…)`"),
            ("${\"\\\\${file(\"/x\")}\"}", "`file(…)`"),
            ("${join(\"\", [<<E\n\"\nE\n, file(\"/x\")])}", "a here-document"),
            ("${join(\"$${\", [file(\"/x\")])}", "an escaped template"),
            ("${/* \" */ file(\"/x\")}", "a comment"),
            ("${ # \"\nfile(\"/x\")}", "a comment"),
            ("${file\n(\"/x\")}", "`file(…)`"),
            ("${ﬁle(\"/x\")}", "`ﬁle(…)`"),
            ("${file(", "`file(…)`"),
        ] {
            let calls = calls(text).join(" ");
            assert!(if found.is_empty() { calls.is_empty() } else { calls.starts_with(found) }, "{text}: {calls}");
        }
    }

    #[test]
    fn the_list_is_in_order() {
        assert!(PURE.is_sorted());
    }
}
