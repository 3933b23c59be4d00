//! The commands' side of the control socket.

use std::{collections::BTreeMap, io, path::Path, time::Duration};

use anyhow::{Context, bail};
use hint::Hint;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response,
    body::{Bytes, Incoming},
    client::conn::http1,
    header,
};
use hyper_util::rt::TokioIo;
use model::progress::Progress;
use serde::Serialize;
use tokio::{net::UnixStream, time::sleep};

use super::{
    DataDirectory,
    report::{Outcome, Status},
    secrets::Secret,
    socket::Address,
    wire::{Event, ReleaseRequest, Replay},
};

const DIAL_TRIES: u32 = 40;
const DIAL_PAUSE: Duration = Duration::from_millis(50);

/// A client of the control socket.
pub struct Client {
    data: DataDirectory,
}

impl Client {
    /// Connects to the engine of `data`; `None` if none is running. Waits up to 2 s for one that is starting or stopping.
    pub async fn connect(data: &DataDirectory) -> anyhow::Result<Option<Self>> {
        let client = Self { data: data.clone() };
        for _ in 0..DIAL_TRIES {
            match client.dial().await {
                Ok(_) => return Ok(Some(client)),
                Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {}
                Err(error) => {
                    return Err(error).with_context(|| format!("connecting to `{}`", data.socket().display()));
                }
            }
            if !data.is_locked()? {
                return Ok(None);
            }
            sleep(DIAL_PAUSE).await;
        }
        hint::bail!(
            "the engine of `{}` does not answer: it is starting or stopping",
            data.path().display(),
            hint = "try again in a moment"
        )
    }

    /// What runs.
    pub async fn status(&self) -> anyhow::Result<Status> {
        let answer = self.ask(Method::GET, "/status", None::<&()>).await.context("asking the engine for its status")?;
        let bytes = answer.into_body().collect().await.context("reading the engine's status")?.to_bytes();
        serde_json::from_slice(&bytes)
            .context("reading the engine's status")
            .hint("stop it with `driftless down`, of the version that started it")
    }

    /// Returns when everything has stopped.
    pub async fn stop(&self) -> anyhow::Result<()> {
        let answer = self.ask(Method::POST, "/stop", None::<&()>).await.context("stopping the engine")?;
        // It may be gone before its answer is complete.
        let _ = answer.into_body().collect().await;
        Ok(())
    }

    /// Has the engine run the release in the directory `bundle`.
    pub async fn release(
        &self,
        bundle: &Path,
        secrets: BTreeMap<String, Secret>,
        progress: &dyn Progress,
    ) -> anyhow::Result<Outcome> {
        let request = ReleaseRequest { bundle: bundle.to_owned(), secrets };
        let answer = self.ask(Method::POST, "/release", Some(&request)).await.context("handing over the release")?;
        let mut body = answer.into_body();
        let mut replay = Replay::new(progress);
        let mut read = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.context("the engine exited while it started the release")?;
            read.extend(frame.into_data().unwrap_or_default());
            while let Some(end) = read.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = read.drain(..=end).collect();
                let event: Event = serde_json::from_slice(&line).context("reading what the engine says")?;
                match replay.draw(event) {
                    Some(Ok(outcome)) => return Ok(outcome),
                    Some(Err(report)) => return Err(report.into_error()),
                    None => {}
                }
            }
        }
        bail!("the engine exited while it started the release")
    }

    async fn dial(&self) -> io::Result<UnixStream> {
        let address = Address::of(&self.data.socket())?;
        UnixStream::connect(address.path()).await
    }

    /// Refuses an engine of another user, which would get our secrets: the directory may be one that others write to.
    fn check_owner(&self, engine: &UnixStream) -> anyhow::Result<()> {
        let owner = engine.peer_cred().context("asking whose the engine is")?.uid();
        hint::ensure!(
            owner == rustix::process::geteuid().as_raw(),
            "the engine of `{}` is run by another user, {owner}",
            self.data.path().display(),
            hint = "name a directory of your own with `--data`, or run as that user"
        );
        Ok(())
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        document: Option<&impl Serialize>,
    ) -> anyhow::Result<Response<Incoming>> {
        let body = document.map(serde_json::to_vec).transpose()?.unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "driftless")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONNECTION, "close")
            .body(Full::new(Bytes::from(body)))?;
        let engine = self.dial().await?;
        self.check_owner(&engine)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(engine)).await?;
        tokio::spawn(connection);
        let response = sender.send_request(request).await?;
        hint::ensure!(
            response.status().is_success(),
            "the engine answered {}",
            response.status(),
            hint = "it may be of another version: stop it with `driftless down`"
        );
        Ok(response)
    }
}
