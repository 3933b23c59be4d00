//! Moving from what runs to a new release: all of it or nothing.
//!
//! The new tasks of every service that changed are started at once; only when all of them are healthy do the old ones
//! drain and stop. If one of the new ones is not, all of them are stopped and the old ones go on.

use std::{collections::BTreeMap, fs, sync::Arc};

use anyhow::{Context, anyhow};
use futures_util::future::{join_all, try_join_all};
use hint::ErrorReport;
use model::{
    bundle::Bundle,
    progress::{Progress, Unit},
};

use super::{Engine, Service, State, prepare, prepare::Prepared, stop_slots};
use crate::{
    definition::Definition,
    logs::ServiceLog,
    report::{Change, Changed, Outcome, SCHEMA},
    secrets::Secret,
    slot::{Failure, Slot, Stop},
};

/// What is done to one service.
struct Move {
    change: Change,
    definition: Arc<Definition>,
    log: ServiceLog,
    new: Vec<Arc<Slot>>,
    old: Vec<Arc<Slot>>,
}

impl Engine {
    /// Makes `bundle` the release that runs. On an error what ran before runs on, unchanged.
    pub async fn apply(
        self: &Arc<Self>,
        bundle: Bundle,
        secrets: BTreeMap<String, Secret>,
        progress: Arc<dyn Progress>,
    ) -> anyhow::Result<Outcome> {
        let _one_at_a_time = self.rolling.lock().await;
        anyhow::ensure!(!*self.stopping.borrow(), "the engine is stopping");
        let (engine, shown) = (self.clone(), progress.clone());
        let prepared = tokio::task::spawn_blocking(move || engine.prepare(&bundle, &secrets, shown.as_ref()));
        let prepared = prepared.await.context("preparing the release")??;
        let moves = self.plan(&prepared).await?;
        self.await_new(&moves, progress.as_ref()).await?;
        let outcome = self.switch(prepared, moves, progress.as_ref()).await?;
        Ok(outcome)
    }

    /// Decides what happens to each service, and starts the new tasks.
    async fn plan(&self, prepared: &Prepared) -> anyhow::Result<BTreeMap<String, Move>> {
        // All ports first: any service may name any other one.
        for name in prepared.definitions.keys() {
            self.host.internals.open(name, &self.host.ports).await?;
        }
        let mut moves = BTreeMap::new();
        for (name, definition) in &prepared.definitions {
            let log = ServiceLog::open(&self.data.logs(), name, self.listeners.clone())?;
            let wanted = prepared.release.stack.services.get(name).map_or(0, |service| service.tasks as usize);
            moves.insert(name.clone(), self.plan_service(definition, log, wanted));
        }
        for (name, present) in &self.read().services {
            moves.entry(name.clone()).or_insert_with(|| Move {
                change: Change::Removed,
                definition: present.definition.clone(),
                log: present.log.clone(),
                new: Vec::new(),
                old: present.slots.clone(),
            });
        }
        Ok(moves)
    }

    fn plan_service(&self, definition: &Arc<Definition>, log: ServiceLog, wanted: usize) -> Move {
        let state = self.read();
        let present = state.services.get(&definition.service);
        // Slots keep writing to the log that they have; one file must have one writer.
        let log = present.map_or(log, |present| present.log.clone());
        let (change, kept, old) = match present {
            None => (Change::Started, 0, Vec::new()),
            Some(present) if *present.definition != **definition => (Change::Rolled, 0, present.slots.clone()),
            Some(present) => {
                let kept = wanted.min(present.slots.len());
                let change = if present.slots.len() == wanted { Change::Unchanged } else { Change::Scaled };
                (change, kept, present.slots[kept..].to_vec())
            }
        };
        let start = |_| Arc::new(Slot::start(self.host.clone(), definition.clone(), log.clone()));
        let new = (kept..wanted).map(start).collect();
        Move { change, definition: definition.clone(), log, new, old }
    }

    /// Waits until every new task is healthy; stops them all if one is not.
    async fn await_new(&self, moves: &BTreeMap<String, Move>, progress: &dyn Progress) -> anyhow::Result<()> {
        self.show(moves);
        let starting =
            moves.iter().filter(|(_, movement)| !movement.new.is_empty()).map(|(name, movement)| async move {
                let verb = if movement.old.is_empty() { "starting" } else { "replacing" };
                let tasks = movement.new.len();
                let step = progress.bar(&format!("{verb} `{name}`"), tasks as u64, Unit::Count);
                for slot in &movement.new {
                    slot.ready().await.map_err(|failure| (name, failure))?;
                    step.advance(1);
                }
                step.done("healthy");
                Ok::<_, (&String, Failure)>(())
            });
        let mut stopping = self.stopping.subscribe();
        let error = tokio::select! {
            started = try_join_all(starting) => match started {
                Ok(_) => return Ok(()),
                Err((name, failure)) => explain(name, &failure),
            },
            _ = stopping.wait_for(|stop| *stop) => anyhow!("the engine is stopping"),
        };
        let step = progress.step("stopping the new tasks");
        let new: Vec<_> = moves.values().flat_map(|movement| movement.new.clone()).collect();
        stop_slots(&new, Stop::Drain).await;
        self.forget(&new);
        step.done("");
        Err(error)
    }

    /// Makes the new tasks the only ones.
    async fn switch(
        &self,
        prepared: Prepared,
        moves: BTreeMap<String, Move>,
        progress: &dyn Progress,
    ) -> anyhow::Result<Outcome> {
        self.host.router.set_rules(prepare::rules(&prepared.release.stack))?;
        {
            let mut state = self.write();
            state.stack = Some(prepared.release.stack.clone());
            for (name, Move { definition, .. }) in &moves {
                if let Some(service) = state.services.get_mut(name) {
                    service.definition = definition.clone();
                }
            }
        }
        let draining =
            moves.iter().filter(|(_, movement)| !movement.old.is_empty()).map(|(name, movement)| async move {
                let step = progress.step(&format!("draining the old tasks of `{name}`"));
                stop_slots(&movement.old, Stop::Drain).await;
                step.done("stopped");
            });
        join_all(draining).await;
        let old: Vec<_> = moves.values().flat_map(|movement| movement.old.clone()).collect();
        self.forget(&old);
        self.write().services.retain(|name, _| prepared.definitions.contains_key(name));
        self.record(&prepared)?;
        let changed = |(name, Move { change, definition, .. }): (String, Move)| Changed {
            name,
            digest: definition.root.digest,
            change,
        };
        Ok(Outcome {
            schema: SCHEMA,
            url: self.url(),
            isolation: self.host.isolation.to_string(),
            services: moves.into_iter().map(changed).collect(),
        })
    }

    /// Adds the new slots to what is shown, and stopped with the engine.
    fn show(&self, moves: &BTreeMap<String, Move>) {
        let mut state = self.write();
        for (name, Move { definition, log, new, .. }) in moves {
            let service = state.services.entry(name.clone()).or_insert_with(|| Service {
                definition: definition.clone(),
                slots: Vec::new(),
                log: log.clone(),
            });
            service.slots.extend(new.iter().cloned());
        }
    }

    /// Removes slots that have stopped, and services that never were.
    fn forget(&self, slots: &[Arc<Slot>]) {
        let mut state = self.write();
        let State { stack, services } = &mut *state;
        for service in services.values_mut() {
            service.slots.retain(|slot| !slots.iter().any(|gone| Arc::ptr_eq(gone, slot)));
        }
        let known = |name: &String| stack.as_ref().is_some_and(|stack| stack.services.contains_key(name));
        services.retain(|name, service| !service.slots.is_empty() || known(name));
    }

    /// Keeps the release for `logs` and for people, and removes what the one before left.
    fn record(&self, prepared: &Prepared) -> anyhow::Result<()> {
        let path = self.data.release();
        let text = serde_json::to_vec_pretty(&prepared.release)?;
        fs::write(&path, text).with_context(|| format!("writing `{}`", path.display()))?;
        self.sweep()
    }
}

/// A failure as the last word of a command.
fn explain(service: &str, failure: &Failure) -> anyhow::Error {
    let Failure { task, reason, hint, last_lines, .. } = failure;
    let mut text = format!("task `{task}` of service `{service}` {reason}");
    if last_lines.is_empty() {
        text.push_str("\nit wrote nothing");
    } else {
        text.push_str("\nits last lines:");
        text.extend(last_lines.iter().flat_map(|line| ["\n  ", line.as_str()]));
    }
    ErrorReport { error: text, hint: hint.clone() }.into_error()
}
