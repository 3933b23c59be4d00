//! A PostgreSQL of a test's own.

use std::{
    env, fs,
    io::Write,
    net::TcpListener,
    os::unix::{
        fs::{PermissionsExt, chown},
        process::{CommandExt, ExitStatusExt},
    },
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

/// Who runs it where this user is root, whom PostgreSQL refuses: nobody.
const NOBODY: u32 = 65534;
const PASSWORD: &str = "of-the-tests";

/// How many this process has started.
static STARTED: AtomicU32 = AtomicU32::new(0);

/// Waits until the test has ended, however, and clears up.
const WATCH: &str = r#"read -r _; "$1/pg_ctl" -D "$2/data" -m immediate stop; rm -rf "$2""#;

/// A cluster in a directory of its own, on a free port of the loopback address. It ends with the process that started it.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    directory: PathBuf,
    port: u16,
    databases: AtomicU32,
    // When the test ends, its standard input does.
    _watch: Child,
}

impl Postgres {
    /// Starts one. If PostgreSQL is missing: says so, and how to get it; with `CI=true` that is a failure.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            crate::skipped("PostgreSQL is missing; install it with `./check tools`");
            return None;
        };
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let directory = env::temp_dir().join(format!("postgres-{}-{number}", std::process::id()));
        fs::create_dir(&directory).expect("making a directory for PostgreSQL");
        fs::write(directory.join("password"), PASSWORD).expect("writing the password of PostgreSQL");
        if is_root() {
            for path in [&directory, &directory.join("password")] {
                chown(path, Some(NOBODY), Some(NOBODY)).expect("giving the directory to PostgreSQL");
            }
        }
        let mut watch = command(Path::new("sh"), &directory);
        watch.args(["-c", WATCH, "sh"]).args([&programs, &directory]);
        let watch = watch.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port();
        let server =
            Self { programs, directory, port, databases: AtomicU32::new(0), _watch: watch.expect("starting `sh`") };
        let password = format!("--pwfile={}", server.directory.join("password").display());
        let data = server.data();
        let made =
            ["-D", &data, "-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync", &password];
        server.run("initdb", &made);
        let settings = format!(
            "port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{}'\nlog_line_prefix = '%m [%p] '\n",
            server.directory.display()
        );
        let file = server.directory.join("data/postgresql.auto.conf");
        fs::write(file, settings).expect("writing the settings of PostgreSQL");
        server.go();
        Some(server)
    }

    /// The URL of a new, empty database.
    ///
    /// # Panics
    /// If it can't be made.
    pub fn database(&self) -> String {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let url = |name: &str| format!("postgres://postgres:{PASSWORD}@127.0.0.1:{}/{name}", self.port);
        self.run("psql", &["-qc", &format!("CREATE DATABASE {name}"), &url("postgres")]);
        url(&name)
    }

    /// What the database at `url` answers to `sql`, a line for each row.
    ///
    /// # Panics
    /// If it refuses.
    pub fn ask(&self, url: &str, sql: &str) -> String {
        let output = self.run("psql", &["-qAtc", sql, url]);
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// Has it encrypt connections, with `certificate` and its `key` in PEM files, from its next start on.
    ///
    /// # Panics
    /// If these can't be copied.
    pub fn encrypt(&self, certificate: &Path, key: &Path) {
        let data = self.directory.join("data");
        for (from, name) in [(certificate, "server.crt"), (key, "server.key")] {
            let to = data.join(name);
            fs::copy(from, &to).expect("copying what PostgreSQL encrypts with");
            fs::set_permissions(&to, fs::Permissions::from_mode(0o600)).expect("hiding the key of PostgreSQL");
            if is_root() {
                chown(&to, Some(NOBODY), Some(NOBODY)).expect("giving PostgreSQL its key");
            }
        }
        let settings = fs::OpenOptions::new().append(true).open(data.join("postgresql.auto.conf"));
        settings.and_then(|mut file| file.write_all(b"ssl = on\n")).expect("writing the settings of PostgreSQL");
    }

    /// Ends it as a power cut would: whoever is connected loses the connection, and nothing is written any more.
    ///
    /// # Panics
    /// If it does not run.
    pub fn stop(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "stop"]);
    }

    /// Starts it again on the same data.
    ///
    /// # Panics
    /// If it does not start.
    pub fn go(&self) {
        let log = self.directory.join("log").display().to_string();
        self.run("pg_ctl", &["-w", "-t", "120", "-D", &self.data(), "-l", &log, "start"]);
    }

    fn data(&self) -> String {
        self.directory.join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let mut command = command(&self.programs.join(program), &self.directory);
        // Not to a pipe: the server that `pg_ctl` starts would hold it open.
        let told = self.directory.join("told");
        if program == "psql" {
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        } else {
            let file = || fs::File::create(&told).expect("making a file for what PostgreSQL says");
            command.stdout(file()).stderr(Stdio::null());
        }
        let child = command.args(arguments).stdin(Stdio::null()).spawn();
        let output = child.and_then(Child::wait_with_output);
        let output = output.expect("starting a program of PostgreSQL");
        let why = || fs::read_to_string(self.directory.join("log")).unwrap_or_default();
        assert!(
            output.status.success(),
            "`{program} {arguments:?}` ended with {:?}, signal {:?}: {}{}",
            output.status.code(),
            output.status.signal(),
            String::from_utf8_lossy(&output.stderr),
            why()
        );
        output
    }
}

fn command(program: &Path, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(directory).env("LC_ALL", "C").process_group(0);
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|about| about.uid() == 0)
}

/// The directory of the server's programs: on PATH, or where Debian has them, of the newest version.
fn programs() -> Option<PathBuf> {
    let has_all = |directory: &PathBuf| {
        ["initdb", "pg_ctl", "postgres", "psql"].iter().all(|name| directory.join(name).is_file())
    };
    let path = env::var_os("PATH").unwrap_or_default();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    versions.sort();
    env::split_paths(&path).chain(versions.into_iter().rev()).find(has_all)
}
