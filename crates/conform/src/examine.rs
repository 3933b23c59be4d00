//! The questions, and how each is answered.

mod life;

use engine::{Launcher, Program};
use model::progress::Progress;

use crate::{
    files,
    report::{Answer, Finding, Report, SCHEMA},
    sizes,
    subject::Subject,
};

/// Who runs an image that has no user that a task may have.
const NOBODY: &str = "65532:65532";

/// Runs the image of `subject` a few times, and says what was found.
pub async fn run(launcher: &Launcher, subject: &Subject, progress: &dyn Progress) -> anyhow::Result<Report> {
    launcher.ensure_apart("without which nothing can be said")?;
    let step = progress.step("unpacking the image");
    let program = launcher.program("conform", &subject.image, &subject.layout)?;
    step.done("");
    let mut examination = Examination {
        launcher,
        program,
        subject: subject.clone(),
        writable: Vec::new(),
        findings: Vec::new(),
        port: None,
        path: None,
        user: None,
        peak: 0,
    };
    let step = progress.step("running it");
    examination.user();
    examination.live().await?;
    examination.files();
    step.done("");
    Ok(examination.report())
}

struct Examination<'a> {
    launcher: &'a Launcher,
    program: Program,
    subject: Subject,
    writable: Vec<String>,
    findings: Vec<Finding>,
    port: Option<u16>,
    path: Option<String>,
    user: Option<String>,
    peak: u64,
}

impl Examination<'_> {
    fn say(&mut self, question: &'static str, answer: Answer, evidence: impl Into<String>, remedy: impl Into<String>) {
        self.findings.push(Finding { question, answer, evidence: evidence.into(), remedy: remedy.into() });
    }

    /// Tasks are nobody's root, here and as infra.nix has them.
    fn user(&mut self) {
        const QUESTION: &str = "runs without root";
        let image = self.program.execution().user.clone();
        if self.subject.user.is_some() || self.program.has_user() {
            let who = self.subject.user.clone().unwrap_or(image);
            return self.say(QUESTION, Answer::Yes, format!("it runs as `{who}`"), "");
        }
        self.subject.user = Some(NOBODY.to_owned());
        self.user = Some(NOBODY.to_owned());
        let evidence = format!("the image says `{image}`; it was run as {NOBODY}");
        self.say(QUESTION, Answer::WithHelp, evidence, format!("`user = \"{NOBODY}\";`, or a user in the image"));
    }

    /// What can be seen without running it.
    fn files(&mut self) {
        let (files, execution) = (self.program.files().to_owned(), self.program.execution().clone());
        match files::bundle(&files, &execution) {
            Some(path) => self.say("knows certificate authorities", Answer::Yes, format!("`{path}`"), ""),
            None => self.say(
                "knows certificate authorities",
                Answer::WithHelp,
                "no bundle at any of the usual places",
                "if it calls others over TLS: install `ca-certificates`, or have the program bring its own",
            ),
        }
        let evidence = if files::has_shell(&files) { "`/bin/sh` is there" } else { "there is no shell" };
        let remedy = if files::has_shell(&files) { "" } else { "`health.command` has to be a program of the image" };
        self.say("health check in the container", Answer::Yes, evidence, remedy);
    }

    fn report(self) -> Report {
        let written = sizes::WRITABLE * self.writable.len() as u64;
        Report {
            schema: SCHEMA,
            digest: self.subject.image.digest.to_string(),
            platform: self.subject.image.platform.to_string(),
            findings: self.findings,
            port: self.port,
            path: self.path,
            user: self.user,
            writable: self.writable,
            environment: self.subject.environment,
            memory_peak: self.peak,
            size: sizes::smallest(self.peak, written),
        }
    }
}
