//! Two tasks on one PostgreSQL, under mixed load, while tasks are killed and PostgreSQL crashes: no acknowledged write is
//! lost, and none is made twice.
//!
//! `CHAOS_SECONDS=600` is the long form, with a kill every 20 s.

mod client;

use std::{
    env,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use testing::Postgres;
use tokio::{
    task::{JoinSet, spawn_blocking},
    time::sleep,
};

use self::client::{Client, Outcome};
use crate::server::{self, Server};

const CLIENTS: usize = 12;

/// The tasks that there are, as a load balancer knows them.
#[derive(Clone)]
struct Tasks(Arc<Mutex<[Option<Server>; 2]>>);

impl Tasks {
    /// The address of one of them, which may be dead.
    fn one(&self, number: usize) -> Option<String> {
        let tasks = self.0.lock().unwrap();
        tasks.iter().flatten().cycle().nth(number % 2).map(|task| task.url.clone())
    }

    /// Kills a task, and starts another in its place.
    fn replace(&self, place: usize, url: &str) {
        // Its drop is SIGKILL.
        drop(self.0.lock().unwrap()[place].take());
        let task = Server::start_at(url, |_| {});
        self.0.lock().unwrap()[place] = Some(task);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_write_is_lost_or_doubled_while_tasks_and_postgresql_crash() {
    let Some(postgres) = Postgres::start().map(Arc::new) else { return };
    let url = postgres.database();
    let (kills, between) = match env::var("CHAOS_SECONDS") {
        Ok(seconds) => (seconds.parse::<usize>().unwrap() / 20, Duration::from_secs(20)),
        Err(_) => (6, Duration::from_millis(1500)),
    };
    let tasks = Tasks(Arc::default());
    for place in 0..2 {
        let (tasks, url) = (tasks.clone(), url.clone());
        spawn_blocking(move || tasks.replace(place, &url)).await.unwrap();
    }
    let (begun, over) = (Instant::now(), Arc::new(AtomicBool::new(false)));
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        clients.spawn(Client::new(number, tasks.clone()).run(over.clone()));
    }
    for kill in 0..kills {
        sleep(between).await;
        let (tasks, url, postgres) = (tasks.clone(), url.clone(), postgres.clone());
        let crash = kill == kills / 3 || kill == kills * 2 / 3;
        let crashed = spawn_blocking(move || {
            if crash {
                postgres.stop();
                postgres.go();
            }
            tasks.replace(kill % 2, &url);
        });
        crashed.await.unwrap();
    }
    sleep(between).await;
    over.store(true, Ordering::Relaxed);
    let clients = clients.join_all().await;
    let seconds = begun.elapsed().as_secs();

    // What is there, by a task of its own.
    let last = Server::start_at(&url, |_| {});
    let stored = client::stored(&server::client(), &last.url).await;
    let faults: Vec<_> = clients.iter().flat_map(|client| client.faults(&stored)).collect();
    let count = |outcome| clients.iter().map(|client| client.count(outcome)).sum::<usize>();
    let (done, refused, unknown) = (count(Outcome::Done), count(Outcome::Refused), count(Outcome::Unknown));
    let failed = (refused + unknown) * 10_000 / (done + refused + unknown);
    println!(
        "{seconds} s, {kills} tasks killed, PostgreSQL crashed twice: {done} answers; {refused} refused, {unknown} without an answer \
         ({}.{:02} %); longest time without any answer {:?}",
        failed / 100,
        failed % 100,
        client::longest_silence(&clients)
    );
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(done > 100, "{done} answers");
}
