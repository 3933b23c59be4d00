//! Inputs of images, and how the program is run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

use crate::schema;

/// The outline of a certificate: SEQUENCE { SEQUENCE { NULL }, SEQUENCE {}, BIT STRING }.
const BUNDLE: &str = "-----BEGIN CERTIFICATE-----\nMAowAgUAMAADAgDv\n-----END CERTIFICATE-----\n";

/// A directory with a program `app` and a CA bundle `ca.crt`, and `driftless` run in it.
pub(crate) struct Fixture {
    dir: TempDir,
}

/// What a run of `driftless` said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Fixture {
    /// With the smallest static program, the same on every machine.
    pub(crate) fn tiny() -> Self {
        Self::with(&testing::program(testing::AMD64, b"a program of very few words"))
    }

    /// With a program that really runs, linked statically by this machine's toolchain.
    pub(crate) fn real() -> Self {
        Self::compiled(r#"fn main() { println!("it runs"); }"#, &[])
    }

    /// With a program that holds `list` where `cargo auditable` puts it.
    pub(crate) fn auditable(list: &str) -> Self {
        let source = r#"
            const LIST: &[u8] = include_bytes!("list");
            #[used]
            #[unsafe(link_section = ".dep-v0")]
            static HELD: [u8; LIST.len()] = *include_bytes!("list");
            fn main() { std::hint::black_box(&HELD); }
        "#;
        Self::compiled(source, &zlib(list.as_bytes()))
    }

    /// From `source`, which may include the file `list`.
    fn compiled(source: &str, list: &[u8]) -> Self {
        let fixture = Self::with(b"");
        fs::write(fixture.path("app.rs"), source).unwrap();
        fs::write(fixture.path("list"), list).unwrap();
        let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
        let version = run(Command::new(&rustc).arg("-vV"));
        let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned();
        // Named even though it is the default: without `--target`, the flag would reach host tools as well.
        let flags =
            ["--target", &host, "-C", "target-feature=+crt-static", "-C", "strip=symbols", "-o", "app", "app.rs"];
        run(Command::new(rustc).arg("--edition=2024").args(flags).current_dir(fixture.dir()));
        fs::remove_file(fixture.path("app.rs")).unwrap();
        fs::remove_file(fixture.path("list")).unwrap();
        fixture
    }

    fn with(program: &[u8]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("app"), program).unwrap();
        fs::write(dir.path().join("ca.crt"), BUNDLE).unwrap();
        Self { dir }
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs `driftless image` in the directory with these words.
    pub(crate) fn image(&self, words: &str) -> Said {
        said(self.command().args(words.split_whitespace()))
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
        command.arg("image").current_dir(self.dir());
        command
    }

    /// Builds the image `out` and gives what `--json` says about it.
    pub(crate) fn build(&self, out: &str, more: &str) -> serde_json::Value {
        let said = self.image(&format!("build --binary app --ca-bundle ca.crt --out {out} --json {more}"));
        assert_eq!((said.code, &*said.err), (0, ""));
        serde_json::from_str(&said.out).unwrap()
    }
}

pub(crate) fn said(command: &mut Command) -> Said {
    let Output { status, stdout, stderr } =
        // Without a terminal, help has the same width everywhere.
        command.stdin(Stdio::null()).env_remove("COLUMNS").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let said = Said { code: status.code().unwrap(), out: text(stdout), err: text(stderr) };
    schema::check(command, &said.out);
    said
}

/// Runs a command that must succeed; what it wrote to stdout.
pub(crate) fn run(command: &mut Command) -> String {
    let said = said(command);
    assert_eq!(said.code, 0, "{command:?}: {}{}", said.out, said.err);
    said.out
}

/// `bytes` in zlib's format, not compressed: one stored block, <https://www.rfc-editor.org/rfc/rfc1950>.
fn zlib(bytes: &[u8]) -> Vec<u8> {
    let size = u16::try_from(bytes.len()).unwrap();
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65521;
        b = (b + a) % 65521;
    }
    let mut out = vec![0x78, 0x01, 0x01];
    out.extend([size, !size].map(u16::to_le_bytes).concat());
    out.extend(bytes);
    out.extend((b << 16 | a).to_be_bytes());
    out
}
