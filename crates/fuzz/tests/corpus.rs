//! Every input that is kept is read without a panic, each in its time.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use fuzz::TARGETS;

/// What one input may take, on a slow machine.
const PATIENCE: Duration = Duration::from_secs(5);

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

#[test]
fn what_is_kept_is_read_without_a_panic() {
    for target in &TARGETS {
        let inputs = fs::read_dir(corpus().join(target.name)).unwrap_or_else(|error| panic!("{target:?}: {error}"));
        let mut count = 0;
        for input in inputs.map(|entry| entry.unwrap().path()) {
            println!("{}", input.display());
            let begin = Instant::now();
            (target.read)(&fs::read(&input).unwrap());
            assert!(begin.elapsed() < PATIENCE, "{:?}", begin.elapsed());
            count += 1;
        }
        assert!(count > 0, "{target:?} has no inputs");
    }
}

#[test]
fn each_corpus_has_a_target() {
    for directory in fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().file_name()) {
        assert!(fuzz::target(directory.to_str().unwrap()).is_some(), "{}", directory.display());
    }
}
