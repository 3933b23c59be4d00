//! A client that remembers what it was told, and so what may be stored.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::Tasks;
use crate::server;

/// What became of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// It surely was not made.
    Refused,
    /// It may have been made.
    Unknown,
}

pub(crate) struct Client {
    number: usize,
    tasks: Tasks,
    http: reqwest::Client,
    /// By the word with which the names of an item begin, its id and the names that it may have; none is that it is not there.
    items: BTreeMap<String, (Option<i64>, Vec<Option<String>>)>,
    outcomes: Vec<(Instant, Outcome)>,
    faults: Vec<String>,
}

/// All items of the database: ids and names.
pub(crate) async fn stored(http: &reqwest::Client, url: &str) -> Vec<(i64, String)> {
    let mut all = Vec::new();
    let mut next = Some("/api/items?limit=500".to_owned());
    while let Some(path) = next {
        let page = http.get(format!("{url}{path}")).send().await.unwrap();
        let link = page.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
        next = link.and_then(|link| Some(link.strip_prefix('<')?.split_once('>')?.0.to_owned()));
        let items = page.json::<Vec<Value>>().await.unwrap();
        all.extend(items.iter().map(|item| (item["id"].as_i64().unwrap(), item["name"].as_str().unwrap().to_owned())));
    }
    all
}

/// The longest time in which no client had an answer.
pub(crate) fn longest_silence(clients: &[Client]) -> Duration {
    let answers = clients.iter().flat_map(|client| &client.outcomes).filter(|(_, outcome)| *outcome == Outcome::Done);
    let mut times: Vec<_> = answers.map(|(time, _)| *time).collect();
    times.sort_unstable();
    times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
}

impl Client {
    pub(crate) fn new(number: usize, tasks: Tasks) -> Self {
        let (items, outcomes, faults) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { number, tasks, http: server::client(), items, outcomes, faults }
    }

    /// Of four requests: two make an item, one changes the one before, one deletes one in three, or else reads it.
    pub(crate) async fn run(mut self, over: Arc<AtomicBool>) -> Self {
        for round in 0.. {
            if over.load(Ordering::Relaxed) {
                break;
            }
            let word = format!("{}-{round}.", self.number);
            self.create(&word).await;
            self.create(&format!("{word}other.")).await;
            self.change(&word).await;
            if round % 3 == 0 {
                self.delete(&word).await;
            } else {
                self.read(&word).await;
            }
        }
        self
    }

    pub(crate) fn count(&self, outcome: Outcome) -> usize {
        self.outcomes.iter().filter(|(_, it)| *it == outcome).count()
    }

    /// What `stored` has and should not have, and the reverse; and what was wrong before.
    pub(crate) fn faults(&self, stored: &[(i64, String)]) -> Vec<String> {
        let mut faults = self.faults.clone();
        let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (_, name) in stored {
            let word = name.rfind('.').map_or(&**name, |end| &name[..=end]);
            found.entry(word).or_default().push(name);
        }
        for (word, (_, allowed)) in &self.items {
            let there = found.get(&**word).map_or(&[][..], |names| names);
            let name = there.first().map(|name| (*name).to_owned());
            if there.len() > 1 || !allowed.contains(&name) {
                faults.push(format!("stored is {there:?}, of which may be {allowed:?}"));
            }
        }
        faults
    }

    async fn create(&mut self, word: &str) {
        let name = format!("{word}1");
        let (outcome, answer) = self.send(Method::POST, "/api/items", Some(&name), StatusCode::CREATED).await;
        let id = answer["id"].as_i64();
        let allowed = match outcome {
            Outcome::Done => vec![Some(name)],
            Outcome::Refused => vec![None],
            Outcome::Unknown => vec![Some(name), None],
        };
        self.items.insert(word.to_owned(), (id, allowed));
    }

    async fn change(&mut self, word: &str) {
        let Some((Some(id), allowed)) = self.items.get(word).cloned() else { return };
        let name = format!("{word}2");
        let path = format!("/api/items/{id}");
        match self.send(Method::PUT, &path, Some(&name), StatusCode::OK).await.0 {
            Outcome::Done => self.set(word, vec![Some(name)]),
            Outcome::Refused => {}
            Outcome::Unknown => self.set(word, [allowed, vec![Some(name)]].concat()),
        }
    }

    async fn delete(&mut self, word: &str) {
        let Some((Some(id), allowed)) = self.items.get(word).cloned() else { return };
        match self.send(Method::DELETE, &format!("/api/items/{id}"), None, StatusCode::NO_CONTENT).await.0 {
            Outcome::Done => self.set(word, vec![None]),
            Outcome::Refused => {}
            Outcome::Unknown => self.set(word, [allowed, vec![None]].concat()),
        }
    }

    async fn read(&mut self, word: &str) {
        let Some((Some(id), allowed)) = self.items.get(word).cloned() else { return };
        let (outcome, answer) = self.send(Method::GET, &format!("/api/items/{id}"), None, StatusCode::OK).await;
        let name = answer["name"].as_str().map(str::to_owned);
        if outcome == Outcome::Done && !allowed.contains(&name) {
            self.faults.push(format!("read {name:?}, of which may be {allowed:?}"));
        }
    }

    fn set(&mut self, word: &str, allowed: Vec<Option<String>>) {
        if let Some((_, names)) = self.items.get_mut(word) {
            *names = allowed;
        }
    }

    /// Any answer but `expected` and a 503 is a fault.
    async fn send(&mut self, method: Method, path: &str, name: Option<&str>, expected: StatusCode) -> (Outcome, Value) {
        let (outcome, answer) = match self.tasks.one(self.number + self.outcomes.len()) {
            Some(url) => self.ask(method, &format!("{url}{path}"), name, expected).await,
            None => (Outcome::Refused, Value::Null),
        };
        self.outcomes.push((Instant::now(), outcome));
        if outcome != Outcome::Done {
            sleep(Duration::from_millis(50)).await;
        }
        (outcome, answer)
    }

    async fn ask(&mut self, method: Method, url: &str, name: Option<&str>, expected: StatusCode) -> (Outcome, Value) {
        let mut request = self.http.request(method.clone(), url);
        if let Some(name) = name {
            request = request.json(&json!({ "name": name }));
        }
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) if error.is_connect() => return (Outcome::Refused, Value::Null),
            Err(_) => return (Outcome::Unknown, Value::Null),
        };
        let status = answer.status();
        let Ok(text) = answer.text().await else { return (Outcome::Unknown, Value::Null) };
        let json = serde_json::from_str(&text).unwrap_or_default();
        if status == expected {
            return (Outcome::Done, json);
        }
        if status != StatusCode::SERVICE_UNAVAILABLE {
            self.faults.push(format!("{method} {url}: {status} {text}"));
        }
        (if text.contains("has not been made") { Outcome::Refused } else { Outcome::Unknown }, json)
    }
}
