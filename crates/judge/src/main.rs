//! Answers questions on standard input, a line of JSON each: see [`judge::serve`].

use std::io;

fn main() -> io::Result<()> {
    judge::serve(io::stdin().lock(), io::stdout().lock())
}
