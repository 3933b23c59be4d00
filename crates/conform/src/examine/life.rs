//! A life of a task, from its start to its end, and what is asked on the way.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::Examination;
use crate::{
    load::{self, Load},
    report::Answer,
    trial::{Start, Trial},
    writes,
};

/// How long visitors come.
const VISIT: Duration = Duration::from_secs(3);

/// From the end of new requests to SIGTERM. ECS waits as long as a target drains: what has come by then is the program's to finish.
const DRAIN: Duration = Duration::from_millis(250);

/// The code of a program that died of SIGTERM. Here something else is the first process, which on Fargate the program is: from that
/// the kernel keeps what it has no handler for, also when its handler raises the signal again, as Node's does.
const KILLED_BY_TERM: i32 = 128 + 15;

/// How often a program is tried again with one more directory that it may write to.
const TRIES: usize = 8;

/// Paths of health checks that programs usually have.
const PATHS: [&str; 7] = ["/health", "/healthz", "/ready", "/up", "/ping", "/status", "/"];

impl Examination<'_> {
    /// Starts, listens, is healthy, ends.
    pub(super) async fn live(&mut self) -> anyhow::Result<()> {
        let Some((trial, listeners, after)) = self.started().await? else { return Ok(()) };
        if !self.listens(&listeners, after) {
            return Ok(());
        }
        let Some(port) = self.port else { return Ok(()) };
        self.healthy(&trial, port).await;
        self.ends(&trial, port).await;
        self.peak = trial.peak();
        self.writes_lines(&trial.lines());
        drop(trial);
        self.follows(port).await
    }

    /// A run in which somebody listens, with as many directories to write to as that takes.
    async fn started(&mut self) -> anyhow::Result<Option<(Trial, Vec<SocketAddr>, Duration)>> {
        const QUESTION: &str = "starts with a read-only root";
        loop {
            let (subject, port) = (&self.subject, self.subject.port);
            let trial = Trial::begin(self.launcher, &self.program, subject, port, &self.writable).await?;
            let began = trial.start(subject.patience).await;
            // What it wrote last may be on its way.
            sleep(Duration::from_millis(100)).await;
            let lines = trial.lines();
            let refused = lines.iter().find_map(|line| writes::refused(line));
            let new = refused.filter(|path| !self.writable.contains(path) && self.writable.len() < TRIES);
            match (began, new) {
                (Start::Listens(listeners, after), None) => {
                    let written: Vec<_> = self.writable.iter().map(|path| format!("`{path}`")).collect();
                    if written.is_empty() {
                        self.say(QUESTION, Answer::Yes, "it wrote nowhere but to /tmp, as far as it says", "");
                    } else {
                        let evidence = format!("it said that it could not write to {}", written.join(", "));
                        self.say(
                            QUESTION,
                            Answer::WithHelp,
                            evidence,
                            "`writable`, as below: memory, empty at each start",
                        );
                    }
                    return Ok(Some((trial, listeners, after)));
                }
                (_, Some(path)) => self.writable.push(path),
                (Start::Ended(ended), None) => {
                    let evidence = format!("{}{}", ended.words, last(&lines));
                    self.say(QUESTION, Answer::No, evidence, "what it says last tells why");
                    return Ok(None);
                }
                (Start::Silent, None) => {
                    self.say(QUESTION, Answer::Yes, "it runs", "");
                    let evidence =
                        format!("nothing listens after {} s{}", self.subject.patience.as_secs(), last(&lines));
                    self.say(
                        "listens at its address",
                        Answer::No,
                        evidence,
                        "a program without a port is no service yet",
                    );
                    return Ok(None);
                }
            }
        }
    }

    /// Whether others find it; the port at which they do.
    fn listens(&mut self, listeners: &[SocketAddr], after: Duration) -> bool {
        const QUESTION: &str = "listens at its address";
        let wanted = self.subject.port;
        let found = listeners.iter().filter(|address| !address.ip().is_loopback()).map(SocketAddr::port);
        self.port = found.clone().find(|port| *port == wanted).or(found.min());
        let all: Vec<_> = listeners.iter().map(|address| format!("`{address}`")).collect();
        let evidence = format!("{} after {:.1} s", all.join(", "), after.as_secs_f64());
        if self.port.is_some() {
            self.say(QUESTION, Answer::Yes, evidence, "");
        } else {
            let remedy = "have it listen at 0.0.0.0: on Fargate nobody comes from 127.0.0.1";
            self.say(QUESTION, Answer::No, evidence, remedy);
        }
        self.port.is_some()
    }

    /// Which path a health check may ask.
    async fn healthy(&mut self, trial: &Trial, port: u16) {
        const QUESTION: &str = "answers a health check";
        let paths: Vec<_> = match &self.subject.path {
            Some(path) => vec![path.clone()],
            None => PATHS.map(str::to_owned).to_vec(),
        };
        let end = Instant::now() + self.subject.patience;
        loop {
            let mut answers = Vec::new();
            for path in &paths {
                let answer = load::ask(&trial.task, port, path).await;
                let words =
                    answer.as_ref().map_or_else(|error| format!("{error:#}"), |status| status.as_u16().to_string());
                if answer.is_ok_and(|status| status.is_success()) {
                    let evidence = format!("{path} {words} after {:.1} s", trial.began.elapsed().as_secs_f64());
                    self.path = Some(path.clone());
                    return self.say(QUESTION, Answer::Yes, evidence, "");
                }
                answers.push(format!("{path} {words}"));
            }
            if Instant::now() > end || self.subject.path.is_none() {
                let remedy = "say the path that answers with 200: `--path`, in infra.nix `health.path`";
                return self.say(QUESTION, Answer::No, answers.join(", "), remedy);
            }
            sleep(Duration::from_millis(250)).await;
        }
    }

    /// Whether SIGTERM ends it, after what it has begun.
    async fn ends(&mut self, trial: &Trial, port: u16) {
        const QUESTION: &str = "ends on SIGTERM, in time and in order";
        let path = self.path.clone().unwrap_or_else(|| "/".to_owned());
        let load = Load::begin(&trial.task, port, &path);
        sleep(VISIT).await;
        load.drain();
        sleep(DRAIN).await;
        let begin = Instant::now();
        let in_time = trial.task.stop(self.subject.stop_timeout).await;
        let (took, ended) = (begin.elapsed().as_secs_f64(), trial.task.ended().await);
        let (asked, failed) = load.end().await;
        let evidence = format!("{} after {took:.1} s; of {asked} requests {failed} failed", ended.words);
        if !in_time {
            let remedy = "handle SIGTERM: ECS kills it after `stopTimeout`, and every release waits for that";
            self.say(QUESTION, Answer::No, evidence, remedy);
        } else if ended.code == Some(KILLED_BY_TERM) {
            let evidence = format!("{evidence}; the first process of a container does not die of it");
            self.say(QUESTION, Answer::No, evidence, "handle SIGTERM, and exit");
        } else if failed > 0 {
            self.say(QUESTION, Answer::No, evidence, "finish the requests that were begun, then end");
        } else {
            self.say(QUESTION, Answer::Yes, evidence, "");
        }
    }

    fn writes_lines(&mut self, lines: &[String]) {
        const QUESTION: &str = "logs to its output";
        match lines.len() {
            0 => {
                let remedy = "log to standard output or error: a file in the container is lost";
                self.say(QUESTION, Answer::WithHelp, "it wrote no line", remedy);
            }
            count => self.say(QUESTION, Answer::Yes, format!("{count} lines"), ""),
        }
    }

    /// Whether `PORT` is heeded: on this machine that is how tasks are told apart.
    async fn follows(&mut self, port: u16) -> anyhow::Result<()> {
        const QUESTION: &str = "listens where PORT says";
        let other = if self.subject.port == 18_080 { 18_081 } else { 18_080 };
        let trial = Trial::begin(self.launcher, &self.program, &self.subject, other, &self.writable).await?;
        let listens = match trial.start(self.subject.patience).await {
            Start::Listens(listeners, _) => listeners.iter().any(|address| address.port() == other),
            Start::Ended(_) | Start::Silent => false,
        };
        if listens {
            self.say(QUESTION, Answer::Yes, format!("{other}, when told so"), "");
        } else {
            let evidence = format!("{port}, whatever it is told");
            self.say(
                QUESTION,
                Answer::WithHelp,
                evidence,
                format!("`port = {port};`; `driftless up` needs it to heed PORT"),
            );
        }
        trial.task.stop(Duration::ZERO).await;
        Ok(())
    }
}

/// The last lines, each on its own.
fn last(lines: &[String]) -> String {
    let last: Vec<_> = lines.iter().rev().take(5).rev().map(|line| format!("\n| {line}")).collect();
    last.concat()
}
