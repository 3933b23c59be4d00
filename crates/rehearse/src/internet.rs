//! The internet as visitors of the account have it: a proxy that leads the names of the account to its load balancers, over TLS
//! and with the certificates that are registered. Names of AWS lead nowhere, all others to where they lead.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, ensure};
use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
    upgrade::Upgraded,
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use crate::authority::Authority;

/// Ends of names that are AWS's.
const AWS: [&str; 4] = [".amazonaws.com", ".amazonaws.com.cn", ".aws", ".api.aws"];

/// Where a name leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The load balancer, where it takes what came over TLS.
    pub(crate) address: SocketAddr,
    /// The names of the certificate that is shown; none if there is none yet.
    pub(crate) certified: Vec<String>,
}

/// Names in lower case.
type Places = Arc<Mutex<BTreeMap<String, Place>>>;

/// A proxy at work.
pub(crate) struct Internet {
    /// Where it answers.
    pub(crate) address: SocketAddr,
    /// The certificate of the authority that its names are certified by, as PEM.
    pub(crate) authority: String,
    places: Places,
    serving: JoinHandle<()>,
}

impl Internet {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("listening as a proxy")?;
        let address = listener.local_addr().context("asking for the port of a proxy")?;
        let (authority, places) = (Arc::new(Authority::new()?), Places::default());
        let certificate = authority.certificate.clone();
        let serving = tokio::spawn(serve(listener, authority, Arc::clone(&places)));
        Ok(Self { address, authority: certificate, places, serving })
    }

    /// Has these names lead there, and no others of the account.
    pub(crate) fn leads(&self, places: BTreeMap<String, Place>) {
        *self.places.lock().unwrap_or_else(PoisonError::into_inner) = places;
    }
}

impl Drop for Internet {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, authority: Arc<Authority>, places: Places) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let (authority, places) = (Arc::clone(&authority), Arc::clone(&places));
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let answered = answer(request, &authority, &places);
                async { Ok::<_, Infallible>(answered) }
            });
            // Who hangs up has what he wanted.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades().await;
        });
    }
}

fn answer(request: Request<Incoming>, authority: &Arc<Authority>, places: &Places) -> Response<Full<Bytes>> {
    let refuse = |status, why: String| {
        let mut response = Response::new(Full::from(why));
        *response.status_mut() = status;
        response
    };
    let Some(to) = request.uri().authority().filter(|_| request.method() == Method::CONNECT).cloned() else {
        return refuse(StatusCode::METHOD_NOT_ALLOWED, "only CONNECT is answered here".to_owned());
    };
    let host = to.host().to_ascii_lowercase();
    let place = places.lock().unwrap_or_else(PoisonError::into_inner).get(&host).cloned();
    if place.is_none() && AWS.iter().any(|end| host.ends_with(end)) {
        return refuse(StatusCode::BAD_GATEWAY, format!("`{host}` is AWS's, and a rehearsal goes nowhere near it"));
    }
    let authority = Arc::clone(authority);
    tokio::spawn(async move {
        let led = async {
            let upgraded = hyper::upgrade::on(request).await.context("beginning")?;
            if let Some(place) = place {
                return end_tls(upgraded, &authority, &place).await;
            }
            let mut there = TcpStream::connect(to.as_str()).await.context("connecting")?;
            copy_bidirectional(&mut TokioIo::new(upgraded), &mut there).await.context("passing on")?;
            Ok(())
        };
        if let Err(error) = led.await {
            tracing::debug!("leading somebody to `{host}`: {error:#}");
        }
    });
    Response::new(Full::default())
}

/// Ends TLS, as the load balancer's listener does, and passes on what comes through it.
async fn end_tls(visitor: Upgraded, authority: &Authority, place: &Place) -> anyhow::Result<()> {
    ensure!(!place.certified.is_empty(), "no certificate was issued for it");
    let acceptor = TlsAcceptor::from(authority.shows(&place.certified)?);
    let mut visitor = acceptor.accept(TokioIo::new(visitor)).await.context("speaking TLS")?;
    let mut balancer = TcpStream::connect(place.address).await.context("connecting to the load balancer")?;
    copy_bidirectional(&mut visitor, &mut balancer).await.context("passing on")?;
    Ok(())
}
