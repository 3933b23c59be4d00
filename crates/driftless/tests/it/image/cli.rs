//! What `driftless image` prints and how it exits.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
};

use super::fixture::{Fixture, Said, said};

/// A run as one text: exit code, stdout, stderr.
fn transcript(words: &str, Said { code, out, err }: &Said) -> String {
    format!("$ driftless image {words}\n{out}{err}[exit code {code}]\n")
}

fn transcripts(fixture: &Fixture, runs: &[&str]) -> String {
    runs.iter().map(|words| transcript(words, &fixture.image(words))).collect::<Vec<_>>().join("\n")
}

#[cfg(feature = "registry")]
#[test]
fn help_says_what_the_commands_do() {
    let fixture = Fixture::tiny();
    insta::assert_snapshot!(transcripts(
        &fixture,
        &[
            "--help",
            "build --help",
            "inspect --help",
            "verify --help",
            "push --help",
            "pull --help",
            "diff --help",
            "sbom --help",
        ]
    ));
}

#[test]
fn an_image_is_built_inspected_and_verified() {
    let fixture = Fixture::tiny();
    insta::assert_snapshot!(transcripts(
        &fixture,
        &[
            "build --binary app --ca-bundle ca.crt --out out",
            "build --binary app --ca-bundle ca.crt --out out --json",
            "inspect out",
            "inspect out --json",
            "verify out",
            "verify out --json",
        ]
    ));
}

#[test]
fn gzip_platform_and_annotations_are_options() {
    let fixture = Fixture::tiny();
    insta::assert_snapshot!(transcripts(
        &fixture,
        &[
            "build --binary app --ca-bundle ca.crt --out out --compression gzip --platform linux/amd64 \
             --annotation org.opencontainers.image.title=items --annotation a=b=c",
            "inspect out",
        ]
    ));
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    let fixture = Fixture::tiny();
    insta::assert_snapshot!(transcripts(
        &fixture,
        &[
            "build --binary app --out out",
            "build --binary app --ca-bundle ca.crt --out out --compression brotli",
            "build --binary app --ca-bundle ca.crt --out out --platform linux/s390x",
            "build --binary app --ca-bundle ca.crt --out out --annotation title",
            "verify",
        ]
    ));
}

#[test]
fn what_cannot_be_done_exits_with_1_and_leaves_nothing() {
    let fixture = Fixture::tiny();
    fs::write(fixture.path("empty"), "").unwrap();
    fs::create_dir(fixture.path("occupied")).unwrap();
    fs::write(fixture.path("occupied/thesis.tex"), "").unwrap();
    // The dynamically linked program that is sure to be there: the test's own.
    symlink(std::env::current_exe().unwrap(), fixture.path("dynamic")).unwrap();
    let names = || {
        let mut names: Vec<_> = fs::read_dir(fixture.dir()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    let text = transcripts(
        &fixture,
        &[
            "build --binary missing --ca-bundle ca.crt --out out",
            "build --binary ca.crt --ca-bundle ca.crt --out out",
            "build --binary dynamic --ca-bundle ca.crt --out out",
            "build --binary app --ca-bundle ca.crt --out out --platform linux/arm64",
            "build --binary app --ca-bundle missing --out out",
            "build --binary app --ca-bundle empty --out out",
            "build --binary app --ca-bundle app --out out",
            "build --binary app --ca-bundle ca.crt --out occupied",
            "build --binary app --ca-bundle ca.crt --out /",
            "inspect missing",
            "inspect occupied",
            "verify missing",
            "verify occupied",
        ],
    );
    assert_eq!(names(), before);
    insta::assert_snapshot!(text);
}

#[test]
fn all_mismatches_are_told_and_the_exit_code_is_1() {
    let fixture = Fixture::tiny();
    fixture.build("out", "");
    let blobs = fixture.path("out/blobs/sha256");
    for entry in fs::read_dir(&blobs).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        if bytes[0] != b'{' {
            // A layer: one byte too many.
            bytes.push(0);
            fs::write(&path, bytes).unwrap();
        }
    }
    fs::write(fixture.path("out/notes\u{1b}[2J"), "").unwrap();
    insta::assert_snapshot!(transcripts(&fixture, &["verify out", "verify out --json", "inspect out"]));
}

/// The layouts `old` and `new`: another program, for another platform, in an annotated image.
#[cfg(feature = "registry")]
fn two_builds(fixture: &Fixture) {
    fixture.build("old", "");
    let mut program = fs::read(fixture.path("app")).unwrap();
    program[18] = 183;
    program.extend(b"more");
    fs::write(fixture.path("app"), program).unwrap();
    fixture.build("new", "--annotation org.opencontainers.image.title=items");
}

#[cfg(feature = "registry")]
#[test]
fn two_images_are_compared_by_setting_layer_and_file() {
    let fixture = Fixture::tiny();
    two_builds(&fixture);
    fixture.build("gzip", "--compression gzip");
    fixture.build("named", "--annotation org.opencontainers.image.title=other");
    insta::assert_snapshot!(transcripts(
        &fixture,
        &["diff old new", "diff old new --json", "diff ./old old", "diff old old --json", "diff gzip named"]
    ));
}

#[cfg(feature = "registry")]
#[test]
fn what_cannot_be_compared_is_said_with_what_to_do() {
    let fixture = Fixture::tiny();
    fixture.build("out", "");
    insta::assert_snapshot!(transcripts(&fixture, &["diff out missing", "diff ./missing out", "diff out",]));
}

#[test]
fn a_digest_depends_on_neither_place_nor_time_nor_environment() {
    let (one, two) = (Fixture::tiny(), Fixture::tiny());
    let first = one.build("out", "");
    // Other directory, time zone, locale, permissions and file times.
    let app = two.path("app");
    fs::set_permissions(&app, fs::Permissions::from_mode(0o700)).unwrap();
    fs::File::open(&app).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    let words = "build --binary ./app --ca-bundle ca.crt --out deeper/down/out --json";
    let mut command = two.command();
    command.args(words.split(' ')).env("TZ", "Pacific/Auckland").env("LC_ALL", "C").env("SOURCE_DATE_EPOCH", "7");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&said(&mut command).out).unwrap(), first);
}

#[test]
fn a_time_of_creation_is_an_option_and_not_of_the_environment() {
    let fixture = Fixture::tiny();
    let said = |more: &str| fixture.build("out", more)["digest"].clone();
    let time = said("--created 2026-01-31T12:00:00Z");
    assert_eq!(time, said("--created @1769860800"));
    assert_ne!(time, said(""));
    let wrong = fixture.image("build --binary app --ca-bundle ca.crt --out out --created yesterday");
    assert!(wrong.code == 2 && wrong.err.contains("@SECONDS since 1970"), "{}", wrong.err);
}
