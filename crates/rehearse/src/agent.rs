//! The agent: starts what ECS wants to run, stops what it does not, and says what became of each.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Context;
use engine::{Choice, DataDirectory, Launched, Launcher, logs::Record, router::TargetState};
use serde_json::json;
use tokio::{
    sync::{
        broadcast,
        mpsc::{self, UnboundedReceiver, UnboundedSender},
        watch,
    },
    task::JoinHandle,
    time::sleep,
};

use crate::{
    account::Account,
    balancer::Balancer,
    connect::{Names, numbered},
    images::Images,
    internet::{Internet, Place},
    life::{Clock, Happened, Life, Seen, live},
    registered::{Balancers, Group, Name, Task, Tasks},
};

/// How often the account is asked.
const INTERVAL: Duration = Duration::from_millis(200);

/// An agent at work. Dropping it kills its tasks.
pub(crate) struct Agent {
    seen: Arc<Mutex<Vec<Seen>>>,
    addresses: Arc<Mutex<BTreeMap<String, SocketAddr>>>,
    trouble: Arc<Mutex<Option<String>>>,
    internet: Arc<Internet>,
    stop: watch::Sender<bool>,
    working: JoinHandle<()>,
    isolation: String,
}

impl Agent {
    /// Begins; what it keeps is below `data`.
    pub(crate) async fn start(account: Arc<Account>, data: DataDirectory, isolation: Choice) -> anyhow::Result<Self> {
        let pulled = data.path().join("pulled");
        let launcher = Launcher::start(data, isolation).await?.context("another engine has the directory")?;
        launcher.ensure_apart("which a rehearsal needs")?;
        let isolation = launcher.isolation().to_string();
        let registry = account.address.clone();
        let (seen, addresses, trouble) = (Arc::default(), Arc::default(), Arc::default());
        let internet = Arc::new(Internet::start().await?);
        let (stop, stopped) = watch::channel(false);
        let (say, happened) = mpsc::unbounded_channel();
        let lines = launcher.watch();
        let work = Work {
            images: Arc::new(Images::new(pulled, &registry)),
            launcher: Arc::new(launcher),
            account: Arc::clone(&account),
            balancers: BTreeMap::new(),
            names: Names::default(),
            lives: BTreeMap::new(),
            ended: BTreeSet::new(),
            count: 0,
            clock: Clock(Instant::now()),
            seen: Arc::clone(&seen),
            addresses: Arc::clone(&addresses),
            trouble: Arc::clone(&trouble),
            internet: Arc::clone(&internet),
            say,
            happened,
        };
        tokio::spawn(pass_on(account, lines));
        let working = tokio::spawn(work.go_on(stopped));
        Ok(Self { seen, addresses, trouble, internet, stop, working, isolation })
    }

    /// The internet as the account's visitors have it.
    pub(crate) fn internet(&self) -> &Internet {
        &self.internet
    }

    /// How tasks are set apart.
    pub(crate) fn isolation(&self) -> &str {
        &self.isolation
    }

    /// What happened so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What it could not do when it last looked.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where the load balancers answer on this machine, by their names.
    pub(crate) fn balancers(&self) -> BTreeMap<String, SocketAddr> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Kills what runs, and waits for it.
    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        // It ends by itself, or has ended.
        let _ = self.working.await;
    }
}

struct Work {
    account: Arc<Account>,
    launcher: Arc<Launcher>,
    images: Arc<Images>,
    /// By DNS name.
    balancers: BTreeMap<String, Balancer>,
    names: Names,
    /// By id.
    lives: BTreeMap<String, Life>,
    /// Ids of those that have ended: what the account lists may be a moment old.
    ended: BTreeSet<String>,
    /// Tasks so far.
    count: u16,
    clock: Clock,
    seen: Arc<Mutex<Vec<Seen>>>,
    addresses: Arc<Mutex<BTreeMap<String, SocketAddr>>>,
    trouble: Arc<Mutex<Option<String>>>,
    internet: Arc<Internet>,
    say: UnboundedSender<(String, Happened)>,
    happened: UnboundedReceiver<(String, Happened)>,
}

impl Work {
    async fn go_on(mut self, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            let trouble = self.look().await.err().map(|error| format!("{error:#}"));
            if let Some(trouble) = &trouble {
                tracing::warn!("running tasks: {trouble}");
            }
            *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
            tokio::select! {
                () = sleep(INTERVAL) => {}
                _ = stopped.changed() => {}
            }
        }
        for life in self.lives.values() {
            if let Some(launched) = &life.launched {
                launched.stop(Duration::ZERO).await;
            }
        }
        if let Err(error) = self.launcher.remove() {
            tracing::warn!("removing what tasks left: {error:#}");
        }
    }

    /// Brings what runs to what is wanted, once.
    async fn look(&mut self) -> anyhow::Result<()> {
        self.balance().await?;
        let listed: Tasks = self.account.ask("tasks").await?;
        while let Ok((id, happened)) = self.happened.try_recv() {
            self.take(&id, happened, &listed.tasks).await?;
        }
        self.learn_names(&listed.tasks).await?;
        for task in &listed.tasks {
            let known = self.lives.contains_key(task.id()) || self.ended.contains(task.id());
            if task.is_wanted() && task.spec.is_some() && !known {
                self.begin(task.clone());
            }
        }
        let ids: Vec<_> = self.lives.keys().cloned().collect();
        for id in ids {
            let wanted = listed.tasks.iter().any(|task| task.id() == id && task.is_wanted());
            if wanted { self.serve(&id).await? } else { self.end(&id) }
        }
        Ok(())
    }

    /// Has each load balancer do as is registered now.
    async fn balance(&mut self) -> anyhow::Result<()> {
        let registered: Balancers = self.account.ask("balancers").await?;
        let hosts: Vec<_> = registered.balancers.iter().map(|balancer| balancer.host.clone()).collect();
        self.balancers.retain(|host, _| hosts.contains(host));
        for one in registered.balancers {
            if !self.balancers.contains_key(&one.host) {
                let balancer = Balancer::start().await?;
                let address = balancer.address;
                self.account.tell("balancers", &json!({ "host": one.host, "address": address.to_string() })).await?;
                self.balancers.insert(one.host.clone(), balancer);
            }
            if let Some(balancer) = self.balancers.get_mut(&one.host) {
                balancer.follow(one)?;
            }
        }
        let places = registered.names.into_iter().filter_map(|Name { host, balancer, certified }| {
            let address = self.balancers.get(&balancer)?.behind_tls;
            Some((host, Place { address, certified }))
        });
        self.internet.leads(places.collect());
        let addresses = self.balancers.iter().map(|(host, balancer)| (host.clone(), balancer.address)).collect();
        *self.addresses.lock().unwrap_or_else(PoisonError::into_inner) = addresses;
        Ok(())
    }

    /// Makes the names known that services have, before whoever asks for them is started.
    async fn learn_names(&mut self, tasks: &[Task]) -> anyhow::Result<()> {
        for connect in tasks.iter().filter_map(|task| Some(&task.spec.as_ref()?.connect)) {
            for alias in &connect.serves {
                self.names.add(connect.namespace.as_deref().unwrap_or_default(), &alias.name, alias.port).await?;
            }
        }
        Ok(())
    }

    fn begin(&mut self, task: Task) {
        self.count += 1;
        let life = Life::new(task, numbered(64, self.count).into());
        let connect = life.task.spec.as_ref().map(|spec| &spec.connect);
        let space =
            connect.filter(|connect| connect.enabled).map(|connect| connect.namespace.clone().unwrap_or_default());
        let (hosts, ways) = space.map(|space| (self.names.of(&space), self.names.ways(&space))).unwrap_or_default();
        if let Some((container, launch)) = life.launch(hosts, ways) {
            let (launcher, images) = (Arc::clone(&self.launcher), Arc::clone(&self.images));
            tokio::spawn(live(launcher, images, container, launch, life.doors(), self.say.clone()));
        }
        self.lives.insert(life.task.id().to_owned(), life);
    }

    async fn take(&mut self, id: &str, happened: Happened, listed: &[Task]) -> anyhow::Result<()> {
        let wanted = listed.iter().any(|task| task.id() == id && task.is_wanted());
        match happened {
            Happened::Started(launched) => self.started(id, launched, wanted).await,
            Happened::Ended(ended) => {
                let Some(life) = self.lives.remove(id) else { return Ok(()) };
                self.ended.insert(id.to_owned());
                self.forget(&life);
                self.note(&life.task, "ended", &ended.words);
                if !listed.iter().any(|task| task.id() == id) {
                    return Ok(());
                }
                let said = match ended.code {
                    Some(code) => json!({ "task": id, "state": "STOPPED", "exit_code": code }),
                    None => json!({
                        "task": id, "state": "STOPPED", "stop_code": "TaskFailedToStart",
                        "reason": format!("CannotStartContainerError: {}", ended.words),
                    }),
                };
                self.account.tell("tasks", &said).await
            }
        }
    }

    async fn started(&mut self, id: &str, launched: Arc<Launched>, wanted: bool) -> anyhow::Result<()> {
        let Some(life) = self.lives.get_mut(id) else { return Ok(()) };
        life.launched = Some(launched);
        let task = life.task.clone();
        self.note(&task, "started", "");
        if wanted {
            self.account.tell("tasks", &json!({ "task": id, "state": "RUNNING" })).await?;
        }
        Ok(())
    }

    /// Registers a task that runs, and says what its health checks find.
    async fn serve(&mut self, id: &str) -> anyhow::Result<()> {
        let Some(life) = self.lives.get(id) else { return Ok(()) };
        if life.launched.is_none() || life.stopping {
            return Ok(());
        }
        if !life.serves {
            self.register(id);
        }
        let Some(life) = self.lives.get(id) else { return Ok(()) };
        let Some(spec) = life.task.spec.clone() else { return Ok(()) };
        let states = spec.target_groups.iter().map(|group| {
            let found = self.balancers.values().find_map(|balancer| balancer.state(&group.arn, id));
            found.unwrap_or((TargetState::Initial, String::new()))
        });
        let states: Vec<_> = states.collect();
        let healthy = states.iter().all(|(state, _)| *state == TargetState::Healthy);
        let failing = states.into_iter().find(|(state, _)| *state == TargetState::Unhealthy);
        let (now, word, detail) = match failing {
            Some((_, why)) => (false, "unhealthy", why),
            None if healthy => (true, "healthy", String::new()),
            None => return Ok(()),
        };
        if life.told == Some(now) {
            return Ok(());
        }
        let task = life.task.clone();
        self.note(&task, word, &detail);
        if now {
            self.lead_to(id);
        } else {
            self.names.forget(id);
        }
        if let Some(life) = self.lives.get_mut(id) {
            life.told = Some(now);
        }
        self.account.tell("tasks", &json!({ "task": id, "state": word.to_uppercase(), "reason": detail })).await
    }

    fn register(&mut self, id: &str) {
        let Some(life) = self.lives.get_mut(id) else { return };
        let Some(spec) = &life.task.spec else { return };
        let mut all = true;
        for wanted in &spec.target_groups {
            match of_group(&self.balancers, &wanted.arn) {
                Some((balancer, group)) => balancer.register(group, id, (life.address, wanted.port).into()),
                None => all = false,
            }
        }
        life.serves = all;
    }

    /// Has the names that the task serves under lead to it.
    fn lead_to(&self, id: &str) {
        let Some(life) = self.lives.get(id) else { return };
        let Some(spec) = &life.task.spec else { return };
        for alias in &spec.connect.serves {
            let port = spec.containers.iter().find_map(|container| container.named_ports.get(&alias.of));
            let namespace = spec.connect.namespace.as_deref().unwrap_or_default();
            if let Some(port) = port {
                self.names.lead_to(namespace, &alias.name, alias.port, id, (life.address, *port).into());
            }
        }
    }

    /// Drains and stops a task that is wanted no longer.
    fn end(&mut self, id: &str) {
        let Some(life) = self.lives.get_mut(id) else { return };
        let (Some(launched), false) = (life.launched.clone(), life.stopping) else { return };
        life.stopping = true;
        let (task, patience) = (life.task.clone(), life.patience());
        self.names.forget(id);
        self.note(&task, "stopping", "");
        let groups = task.spec.iter().flat_map(|spec| &spec.target_groups);
        let drained: Vec<_> = groups
            .filter_map(|group| {
                let (balancer, found) = of_group(&self.balancers, &group.arn)?;
                let drain = Duration::from_secs(found.drain);
                Some(balancer.deregister(&group.arn, id, drain))
            })
            .collect();
        tokio::spawn(async move {
            for drained in drained {
                drained.await;
            }
            launched.stop(patience).await;
        });
    }

    /// Takes a task that has ended out of everything.
    fn forget(&self, life: &Life) {
        let id = life.task.id();
        self.names.forget(id);
        for group in life.task.spec.iter().flat_map(|spec| &spec.target_groups) {
            for balancer in self.balancers.values() {
                tokio::spawn(balancer.deregister(&group.arn, id, Duration::ZERO));
            }
        }
    }

    fn note(&self, task: &Task, state: &'static str, detail: &str) {
        tracing::debug!("task {} of {}: {state} {detail}", task.words(), task.cluster);
        let seen = self.clock.seen(task, state, detail);
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }
}

/// The target group `arn`, and the load balancer that has it.
fn of_group<'a>(balancers: &'a BTreeMap<String, Balancer>, arn: &str) -> Option<(&'a Balancer, &'a Group)> {
    balancers.values().find_map(|balancer| Some((balancer, balancer.group(arn)?)))
}

/// Hands what tasks write to the log groups of the account.
async fn pass_on(account: Arc<Account>, mut lines: broadcast::Receiver<Record>) {
    loop {
        let first = match lines.recv().await {
            Ok(record) => record,
            Err(broadcast::error::RecvError::Lagged(_)) => continue,
            Err(broadcast::error::RecvError::Closed) => return,
        };
        let mut by_task = BTreeMap::<_, Vec<_>>::from([(first.task, vec![first.line])]);
        while let Ok(record) = lines.try_recv() {
            by_task.entry(record.task).or_default().push(record.line);
        }
        for (task, lines) in by_task {
            if let Err(error) = account.tell("logs", &json!({ "task": task, "lines": lines })).await {
                tracing::warn!("handing on what a task wrote: {error:#}");
            }
        }
    }
}
