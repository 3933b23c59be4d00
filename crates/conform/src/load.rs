//! Requests to a task, one and many.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Context;
use engine::Launched;
use http_body_util::{BodyExt, Empty};
use hyper::{Request, StatusCode, body::Bytes, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use tokio::{task::JoinHandle, time::timeout};

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(10);

/// How many ask at once.
const VISITORS: usize = 8;

/// Asks once, on a connection of its own.
pub(crate) async fn ask(task: &Launched, port: u16, path: &str) -> anyhow::Result<StatusCode> {
    let asked = async {
        let stream = TokioIo::new(task.connect(port).await.context("connecting")?);
        let (mut sender, connection) = http1::handshake(stream).await?;
        let driven = tokio::spawn(connection);
        let request = Request::get(path).header(header::HOST, "conform").header(header::CONNECTION, "close");
        let answer = sender.send_request(request.body(Empty::<Bytes>::new())?).await?;
        let status = answer.status();
        answer.into_body().collect().await?;
        driven.abort();
        anyhow::Ok(status)
    };
    timeout(ANSWER, asked).await.context("no answer within 10 s")?
}

/// Visitors who come as long as they are let.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    asked: Arc<AtomicU64>,
    failed: Arc<AtomicU64>,
    visiting: Vec<JoinHandle<()>>,
}

impl Load {
    pub(crate) fn begin(task: &Arc<Launched>, port: u16, path: &str) -> Self {
        let (stop, asked, failed): (Arc<AtomicBool>, Arc<AtomicU64>, Arc<AtomicU64>) = Default::default();
        let visitor = |_| {
            let (task, path) = (Arc::clone(task), path.to_owned());
            let (stop, asked, failed) = (Arc::clone(&stop), Arc::clone(&asked), Arc::clone(&failed));
            tokio::spawn(async move {
                // What was begun before the end of all visits has to be answered.
                while !stop.load(Ordering::SeqCst) {
                    let answered = ask(&task, port, &path).await;
                    asked.fetch_add(1, Ordering::Relaxed);
                    if !answered.is_ok_and(|status| !status.is_server_error()) {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        };
        let visiting = (0..VISITORS).map(visitor).collect();
        Self { stop, asked, failed, visiting }
    }

    /// Lets nobody begin, as a load balancer does with a task that it drains.
    pub(crate) fn drain(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// How many asked, and how many got no answer.
    pub(crate) async fn end(self) -> (u64, u64) {
        self.drain();
        for visitor in self.visiting {
            // What it saw is counted.
            let _ = visitor.await;
        }
        (self.asked.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed))
    }
}
