//! The one writer: a thread that commits whatever has queued up as one transaction.
//!
//! The sync to disk is nearly all the cost of a write; a group of writes shares one.

use std::thread;

use anyhow::Context;
use api::{Item, NewItem};
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::{super::DbError, rows};

/// Writes that may wait; callers beyond that wait for a place.
const QUEUE: usize = 1024;
/// Writes in one transaction at most, so that the first does not wait for all.
const GROUP: usize = 256;

type Reply<T> = oneshot::Sender<Result<T, DbError>>;

enum Write {
    Create(NewItem, Reply<Item>),
    Replace(i64, NewItem, Reply<Option<Item>>),
    Delete(i64, Reply<bool>),
}

/// Told to the caller once the fate of the whole group is known.
type Verdict = Box<dyn FnOnce(&Result<(), String>) + Send>;

pub(super) struct Writer {
    queue: Option<mpsc::Sender<Write>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, clock: fn() -> Timestamp) -> anyhow::Result<Self> {
        let (queue, writes) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || run(connection, writes, clock))
            .context("starting the writer")?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    pub(super) fn is_alive(&self) -> bool {
        self.queue.as_ref().is_some_and(|queue| !queue.is_closed())
    }

    pub(super) async fn create(&self, item: NewItem) -> Result<Item, DbError> {
        self.ask(|reply| Write::Create(item, reply)).await
    }

    pub(super) async fn replace(&self, id: i64, item: NewItem) -> Result<Option<Item>, DbError> {
        self.ask(|reply| Write::Replace(id, item, reply)).await
    }

    pub(super) async fn delete(&self, id: i64) -> Result<bool, DbError> {
        self.ask(|reply| Write::Delete(id, reply)).await
    }

    async fn ask<T>(&self, write: impl FnOnce(Reply<T>) -> Write) -> Result<T, DbError> {
        let (reply, answer) = oneshot::channel();
        self.queue.as_ref().ok_or(DbError::Gone)?.send(write(reply)).await.map_err(|_| DbError::Gone)?;
        answer.await.unwrap_or(Err(DbError::Gone))
    }
}

impl Drop for Writer {
    /// Waits for the writes that are queued.
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // An error is a panic of the thread, which its panic message has already told.
            let _ = thread.join();
        }
    }
}

fn run(mut connection: Connection, mut writes: mpsc::Receiver<Write>, clock: fn() -> Timestamp) {
    let mut group = Vec::with_capacity(GROUP);
    while writes.blocking_recv_many(&mut group, GROUP) > 0 {
        commit(&mut connection, group.drain(..), clock);
    }
}

/// Applies a group in one transaction, then answers every caller.
fn commit(connection: &mut Connection, group: impl Iterator<Item = Write>, clock: fn() -> Timestamp) {
    let transaction = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(transaction) => transaction,
        Err(error) => return group.for_each(|write| write.refuse(&error.to_string())),
    };
    let mut verdicts = Vec::with_capacity(GROUP);
    for write in group {
        // Some errors, a full disk among them, end the transaction: what came after would commit by itself.
        if transaction.is_autocommit() {
            write.refuse("the group was rolled back");
        } else {
            verdicts.push(write.apply(&transaction, clock));
        }
    }
    let result = transaction.commit().map_err(|error| error.to_string());
    for verdict in verdicts {
        verdict(&result);
    }
}

impl Write {
    fn apply(self, transaction: &Connection, clock: fn() -> Timestamp) -> Verdict {
        match self {
            Self::Create(item, reply) => verdict(reply, rows::insert(transaction, item, clock())),
            Self::Replace(id, item, reply) => verdict(reply, rows::replace(transaction, id, &item)),
            Self::Delete(id, reply) => verdict(reply, rows::delete(transaction, id)),
        }
    }

    fn refuse(self, cause: &str) {
        match self {
            Self::Create(_, reply) => refuse(reply, cause),
            Self::Replace(_, _, reply) => refuse(reply, cause),
            Self::Delete(_, reply) => refuse(reply, cause),
        }
    }
}

/// Sends `result` if the group was committed, the group's error otherwise.
fn verdict<T: Send + 'static>(reply: Reply<T>, result: rusqlite::Result<T>) -> Verdict {
    Box::new(move |group| match group {
        // The caller may have given up waiting, here and below.
        Ok(()) => drop(reply.send(result.map_err(DbError::from))),
        Err(cause) => refuse(reply, cause),
    })
}

fn refuse<T>(reply: Reply<T>, cause: &str) {
    drop(reply.send(Err(DbError::Commit(cause.to_owned()))));
}
