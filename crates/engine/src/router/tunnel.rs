//! What a connection is after `101 Switching Protocols`: bytes both ways.

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;
use tracing::debug;

use super::{pool::Link, target::Lease};

/// Two connections about to become one. The request is in flight until this is dropped.
pub(super) struct Tunnel {
    pub(super) client: OnUpgrade,
    pub(super) target: OnUpgrade,
    pub(super) lease: Lease,
    /// Keeps the target's connection open until it is ours.
    pub(super) link: Link,
}

impl Tunnel {
    /// Copies until one side fails, both have ended, or the target is cut.
    pub(super) async fn run(self) {
        let cut = self.lease.target().pool.until_cut();
        let copied = async {
            let (client, target) = tokio::try_join!(self.client, self.target)?;
            drop(self.link);
            copy_bidirectional(&mut TokioIo::new(client), &mut TokioIo::new(target)).await?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
        };
        tokio::select! {
            ended = copied => if let Err(error) = ended {
                debug!("a tunnel broke: {error}");
            },
            () = cut => {}
        }
    }
}
