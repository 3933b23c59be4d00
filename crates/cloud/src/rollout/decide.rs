//! From what was seen to what is said and done. No clock, no network: time is in what was seen.

pub(super) mod missing;
mod vain;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use super::{
    Answering, Attempt, Cause, Event, Expected, Limits, Observation, Phase, Serving, Snapshot, Stage, Verdict,
};

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Look again later.
    Wait,
    /// Ask ECS to stop the deployment of this name, and look again.
    Stop(String),
    /// It is over.
    End(Verdict),
}

/// The rollout of one service, as far as it was seen.
#[derive(Clone, Debug)]
pub struct Rollout {
    expected: Expected,
    limits: Limits,
    /// When it was first looked at.
    begun: Timestamp,
    /// What was told.
    told: BTreeSet<Event>,
    /// Why tasks of ours failed, by task.
    failures: BTreeMap<String, Cause>,
    /// What they wrote, and was shown.
    logs: BTreeSet<Vec<String>>,
    /// The deployment that is followed.
    attempt: Option<Attempt>,
    /// Why we asked for it to be stopped, and when.
    stopped: Option<(Cause, Timestamp)>,
    /// ECS refused to stop it.
    refused: bool,
    /// AWS does not answer.
    silent: bool,
    /// The deployment was over when it was first looked at.
    done_before: bool,
    /// What visitors got instead of an answer, if nothing else was missing.
    unanswered: Option<String>,
    /// What the last look was waiting for.
    waiting_for: String,
}

impl Rollout {
    /// Begins to follow a service.
    pub fn new(expected: Expected, limits: Limits, now: Timestamp) -> Self {
        Self {
            expected,
            limits,
            begun: now,
            told: BTreeSet::new(),
            failures: BTreeMap::new(),
            logs: BTreeSet::new(),
            attempt: None,
            stopped: None,
            refused: false,
            silent: false,
            done_before: false,
            unanswered: None,
            waiting_for: "ECS to begin the deployment".into(),
        }
    }

    /// The service.
    pub fn expected(&self) -> &Expected {
        &self.expected
    }

    /// ECS's name for the deployment that is followed, if it was seen.
    pub fn deployment(&self) -> Option<&str> {
        self.attempt.as_ref().map(|attempt| attempt.id.as_str())
    }

    /// What it waits for, in a few words.
    pub fn waiting_for(&self) -> &str {
        &self.waiting_for
    }

    /// Takes note of what was seen: what is new in it, and what is to be done.
    pub fn look(&mut self, seen: &Observation) -> (Vec<Event>, Next) {
        let mut events = Vec::new();
        let next = match seen {
            Observation::Silence { at, reason } => {
                if !self.silent {
                    events.push(Event::Silent(reason.clone()));
                }
                self.silent = true;
                self.waiting_for = "AWS to answer".into();
                self.give_up(*at)
            }
            Observation::Seen(snapshot) => {
                if self.silent {
                    events.push(Event::BackAgain);
                }
                self.silent = false;
                self.tell(snapshot, &mut events);
                self.judge(snapshot, &mut events)
            }
        };
        events.retain(|event| event.recurs() || self.told.insert(event.clone()));
        (events, next)
    }

    /// Takes note that ECS would not stop the deployment.
    pub fn not_stopped(&mut self, reason: &str) -> Event {
        self.refused = true;
        Event::NotStopped(reason.to_owned())
    }

    fn tell(&mut self, seen: &Snapshot, events: &mut Vec<Event>) {
        if let Some(attempt) = &seen.attempt {
            if attempt.phase == Phase::Successful && self.attempt.is_none() {
                self.done_before = true;
                if seen.desired > 0 {
                    events.push(Event::AlreadyDone);
                }
            } else if !self.done_before {
                events.push(Event::Begun { first: attempt.first, from: attempt.from, to: self.expected.digest });
            }
            events.extend(attempt.alarms.iter().cloned().map(Event::Alarm));
            if attempt.phase == Phase::RollingBack {
                events.push(Event::RollingBack(attempt.reason.clone()));
            }
        }
        if !self.done_before {
            self.tell_of_tasks(seen, events);
        }
        // What was told of a task is not told again in ECS's words.
        let is_told = |sentence: &str| {
            seen.stopped.iter().any(|task| task.ours && !task.reason.is_empty() && sentence.contains(&task.reason))
        };
        let complaints = seen.complaints.iter().filter(|sentence| !is_told(sentence));
        events.extend(complaints.cloned().map(Event::Complaint));
        self.attempt.clone_from(&seen.attempt);
    }

    fn tell_of_tasks(&mut self, seen: &Snapshot, events: &mut Vec<Event>) {
        for task in seen.tasks.iter().filter(|task| task.ours) {
            events.push(Event::Starting(task.id.clone()));
            if task.stage != Stage::Running {
                continue;
            }
            events.push(Event::Running(task.id.clone()));
            let targets = seen.targets.as_deref().unwrap_or_default();
            match targets.iter().find(|target| Some(&target.address) == task.address.as_ref()) {
                Some(target) if target.state == "healthy" => events.push(Event::Serving(task.id.clone())),
                Some(target) if target.state == "unhealthy" => {
                    events.push(Event::Unhealthy { task: task.id.clone(), reason: target.reason.clone() });
                }
                _ => {}
            }
        }
        for task in seen.stopped.iter().filter(|task| task.ours) {
            let Some(cause) = Cause::of(task).filter(|_| !self.failures.contains_key(&task.id)) else { continue };
            let again = self.failures.values().any(|other| *other == cause);
            self.failures.insert(task.id.clone(), cause.clone());
            let log = if self.logs.insert(task.log.clone()) { task.log.clone() } else { Vec::new() };
            events.push(Event::Failed { task: task.id.clone(), cause, again, reason: task.reason.clone(), log });
        }
        let leaving = seen.tasks.iter().filter(|task| !task.ours && task.stage == Stage::Ending).count();
        if leaving > 0 {
            events.push(Event::Leaving(leaving));
        }
    }

    fn judge(&mut self, seen: &Snapshot, events: &mut Vec<Event>) -> Next {
        self.unanswered = missing::answer(seen).filter(|_| missing::inside(seen).is_none());
        let Some(attempt) = &seen.attempt else { return self.without_attempt(seen) };
        if let Some(by) = &seen.superseded_by {
            return Next::End(Verdict::Superseded { by: by.clone(), same_image: self.has_our_image(seen) });
        }
        match attempt.phase {
            Phase::Moving => self.moving(seen, attempt, events),
            Phase::Successful => self.successful(seen, events),
            Phase::Stopping | Phase::RollingBack => {
                self.waiting_for = "the way back".into();
                self.give_up(seen.at)
            }
            Phase::RolledBack => Next::End(Verdict::RolledBack(self.cause(attempt))),
            Phase::Stopped if attempt.first => Next::End(Verdict::FirstFailed(self.cause(attempt))),
            Phase::Stopped => Next::End(Verdict::Failed(self.cause(attempt))),
            Phase::RollbackFailed => {
                let reason = attempt.reason.clone().unwrap_or_else(|| "ECS gave no reason".into());
                Next::End(Verdict::Stuck { cause: self.cause(attempt), reason })
            }
        }
    }

    /// ECS has no deployment of our image, or not yet.
    fn without_attempt(&mut self, seen: &Snapshot) -> Next {
        self.waiting_for = "ECS to begin the deployment".into();
        if (self.expected.is_paused() || self.expected.asleep) && seen.desired == 0 && seen.tasks.is_empty() {
            return Next::End(self.of_none());
        }
        if elapsed(self.begun, seen.at) < self.limits.begin {
            return Next::Wait;
        }
        let not_begun = Verdict::NotBegun { same_image: self.has_our_image(seen) };
        Next::End(if seen.desired == 0 { Verdict::AtZero } else { not_begun })
    }

    /// Of a service that wants no task and has none.
    fn of_none(&self) -> Verdict {
        match &self.expected {
            expected if expected.is_paused() => Verdict::Paused,
            Expected { asleep: true, .. } => Verdict::Asleep,
            _ => Verdict::AtZero,
        }
    }

    /// Whether what is not our task definition has our image.
    fn has_our_image(&self, seen: &Snapshot) -> bool {
        seen.serving == Serving::Other(Some(self.expected.digest))
    }

    fn moving(&mut self, seen: &Snapshot, attempt: &Attempt, events: &mut Vec<Event>) -> Next {
        self.waiting_for = missing::from(seen).unwrap_or_else(|| "ECS to say that it is done".into());
        if let Some((cause, since)) = &self.stopped {
            // The circuit breaker counts tasks that fail; none may.
            let late = elapsed(*since, seen.at) >= self.limits.time || matches!(cause, Cause::Time(_));
            return if attempt.first && late {
                Next::End(Verdict::Failed(cause.clone()))
            } else {
                self.give_up(seen.at)
            };
        }
        let hopeless = self.hopeless();
        if let Some(cause) = hopeless.clone().filter(|_| attempt.first && !attempt.breaks) {
            return Next::End(Verdict::Failed(cause));
        }
        let cause = hopeless.or_else(|| {
            let late = elapsed(self.begun, seen.at) >= self.limits.time;
            // What ECS complains about explains more than that it took long.
            let complaint = seen.complaints.iter().rev().find_map(|sentence| Cause::of_complaint(sentence));
            late.then(|| complaint.unwrap_or_else(|| Cause::Time(self.waiting_for.clone())))
        });
        match cause {
            Some(cause) => self.stop(attempt, cause, seen.at, events),
            None => Next::Wait,
        }
    }

    fn successful(&mut self, seen: &Snapshot, events: &mut Vec<Event>) -> Next {
        if seen.desired == 0 && seen.tasks.is_empty() {
            return Next::End(self.of_none());
        }
        let fixed = self.expected.tasks.filter(|tasks| *tasks != seen.desired);
        let missing = match (fixed, missing::from(seen)) {
            (Some(tasks), _) => Some(format!("the desired count to be {tasks}, it is {}", seen.desired)),
            (None, None) if seen.serving != Serving::Ours => Some("ECS to name our image as what it runs".to_owned()),
            (None, other) => other,
        };
        let Some(missing) = missing else { return Next::End(Verdict::Live) };
        if !self.told.iter().any(|event| matches!(event, Event::NearlyDone(_))) {
            events.push(Event::NearlyDone(missing.clone()));
        }
        self.waiting_for = missing;
        if let (Answering::No(why), true) = (&seen.answering, elapsed(self.begun, seen.at) >= self.limits.time) {
            return Next::End(Verdict::Failed(Cause::NotAnswering(why.clone())));
        }
        self.give_up(seen.at)
    }

    /// The cause that no more waiting will mend.
    fn hopeless(&self) -> Option<Cause> {
        let of_release = || self.failures.values().filter(|cause| cause.is_of_release());
        let failed = |certain: bool| of_release().filter(move |cause| !certain || cause.is_certain());
        if failed(true).count() >= self.limits.certain {
            return failed(true).next().cloned();
        }
        (failed(false).count() >= self.limits.attempts).then(|| self.commonest()).flatten()
    }

    /// The most frequent cause of failed tasks; another than the release's if there is none of its own.
    fn commonest(&self) -> Option<Cause> {
        let mut counts = BTreeMap::new();
        let is_its_own = self.failures.values().any(Cause::is_of_release);
        for cause in self.failures.values().filter(|cause| !is_its_own || cause.is_of_release()) {
            *counts.entry(cause).or_insert(0_usize) += 1;
        }
        counts.into_iter().max_by_key(|&(_, count)| count).map(|(cause, _)| cause.clone())
    }

    fn stop(&mut self, attempt: &Attempt, cause: Cause, now: Timestamp, events: &mut Vec<Event>) -> Next {
        // With nothing to go back to ECS stops nothing.
        if !attempt.stoppable || attempt.first {
            // ECS's own circuit breaker has to end it.
            self.stopped = Some((cause, now));
            return Next::Wait;
        }
        events.push(Event::Stopping(cause.clone()));
        self.stopped = Some((cause, now));
        Next::Stop(attempt.id.clone())
    }

    /// Waits on, unless time is up: as long as a rollout may take, and once more for the way back.
    fn give_up(&self, now: Timestamp) -> Next {
        let since = self.stopped.as_ref().map_or(self.begun, |(_, when)| *when);
        let limit = match (self.silent, &self.stopped) {
            // It may have ended by itself in this very moment, which the next look shows.
            (_, Some(_)) if self.refused => self.limits.begin,
            (true, None) => self.limits.time * 2,
            _ => self.limits.time,
        };
        if elapsed(since, now) < limit {
            return Next::Wait;
        }
        Next::End(match &self.stopped {
            Some((cause, _)) if self.refused => Verdict::Failed(cause.clone()),
            _ => Verdict::Unknown { waiting_for: self.waiting_for.clone() },
        })
    }

    /// Why our deployment ended.
    fn cause(&self, attempt: &Attempt) -> Cause {
        if let Some((cause, _)) = &self.stopped {
            return cause.clone();
        }
        if !attempt.alarms.is_empty() {
            return Cause::Alarm(attempt.alarms.join(", "));
        }
        let reason = attempt.reason.as_deref().unwrap_or("ECS gave no reason");
        self.commonest().unwrap_or_else(|| Cause::of_deployment(reason))
    }
}

/// Time between two moments; none if the clock was set back.
fn elapsed(from: Timestamp, to: Timestamp) -> Duration {
    let elapsed: SignedDuration = to.duration_since(from);
    elapsed.try_into().unwrap_or_default()
}

#[cfg(test)]
mod tests;
