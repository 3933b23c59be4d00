//! Cutting a stream of bytes into lines of bounded length.

/// Bytes of the longest line that is kept whole; what is longer becomes several.
const LONGEST: usize = 16 << 10;

/// Bytes of a line whose end has not been seen.
#[derive(Default)]
pub(super) struct Lines {
    begun: Vec<u8>,
}

impl Lines {
    /// The lines that `bytes` complete.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut complete = Vec::new();
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (content, ended) = part.strip_suffix(b"\n").map_or((part, false), |content| (content, true));
            self.begun.extend_from_slice(content);
            while self.begun.len() > LONGEST {
                let rest = self.begun.split_off(boundary(&self.begun));
                complete.push(text(&std::mem::replace(&mut self.begun, rest)));
            }
            if ended {
                complete.push(text(&std::mem::take(&mut self.begun)));
            }
        }
        complete
    }

    /// The last line, if it has no end.
    pub(super) fn finish(&mut self) -> Vec<String> {
        let rest = std::mem::take(&mut self.begun);
        if rest.is_empty() { Vec::new() } else { vec![text(&rest)] }
    }
}

/// Where to cut `bytes`, at most at [`LONGEST`] and not within a character.
fn boundary(bytes: &[u8]) -> usize {
    let starts_character = |at: &usize| bytes[*at] & 0b1100_0000 != 0b1000_0000;
    (LONGEST - 3..=LONGEST).rev().find(starts_character).unwrap_or(LONGEST)
}

fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_same_however_the_stream_arrives() {
        let stream = "first\r\nsecond é\n\nlast".as_bytes();
        for size in 1..stream.len() {
            let mut lines = Lines::default();
            let mut found: Vec<_> = stream.chunks(size).flat_map(|chunk| lines.feed(chunk)).collect();
            found.extend(lines.finish());
            assert_eq!(found, ["first", "second é", "", "last"], "in chunks of {size}");
        }
    }

    #[test]
    fn a_line_without_end_is_cut_between_characters() {
        let mut lines = Lines::default();
        let found = lines.feed("é".repeat(LONGEST).as_bytes());
        assert!(found.iter().all(|line| line.len() <= LONGEST && line.chars().all(|c| c == 'é')));
        let rest: usize = lines.finish().iter().map(String::len).sum();
        assert_eq!(found.iter().map(String::len).sum::<usize>() + rest, 2 * LONGEST);
    }

    #[test]
    fn bytes_that_are_not_text_are_replaced() {
        assert_eq!(Lines::default().feed(b"a\xffb\n"), ["a\u{fffd}b"]);
    }
}
