//! One request and its response, from the client to the target and back.

use hyper::{
    Request, Response, StatusCode, Uri, Version,
    body::Incoming,
    header::{self, HeaderValue},
    http::request,
    upgrade::{self, OnUpgrade},
};
use tracing::warn;

use super::{
    body::{Body, Download},
    client::Client,
    failure::{Failure, words},
    headers, host, lock,
    outgoing::Outgoing,
    page::page,
    pool::Link,
    refuse::refuse,
    send::send,
    target::{Lease, Target},
    tunnel::Tunnel,
};

/// Answers `request`; whatever goes wrong becomes a page.
pub(super) async fn exchange(client: &Client, request: Request<Incoming>) -> Response<Body> {
    let _waiting = client.activity.wait();
    if let Some(status) = refuse(&request) {
        return page(status);
    }
    let rules = lock::read(&client.shared.rules).clone();
    // Which of the hosts of others this is for; ours are for every rule.
    let host = host::of(&request).filter(|host| client.shared.settings.own_hosts && !host::is_own(host));
    if let Some(host) = host.as_deref().filter(|host| !rules.knows(host)) {
        warn!("`{host}` is no host of this stack: `localhost` is, and those that its rules name");
        return page(StatusCode::MISDIRECTED_REQUEST);
    }
    let Some(group) = rules.find(host.as_deref(), request.uri().path()) else {
        return page(StatusCode::NOT_FOUND);
    };
    let Some(lease) = group.lease() else {
        return page(StatusCode::SERVICE_UNAVAILABLE);
    };
    let (method, uri) = (request.method().clone(), request.uri().clone());
    forward(client, lease, request).await.unwrap_or_else(|(failure, lease)| {
        let (status, id) = (failure.status(), lease.target().id());
        warn!(
            group.name = group.name(),
            target.id = id,
            status = status.as_u16(),
            "`{method} {}` got {} from target `{id}`: {}",
            uri.path().chars().take(1024).flat_map(char::escape_debug).collect::<String>(),
            status.as_u16(),
            words(&failure)
        );
        page(status)
    })
}

/// Has the leased target answer `request`.
async fn forward(
    client: &Client,
    lease: Lease,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, (Failure, Lease)> {
    let offer = headers::upgrade(request.headers()).filter(|_| request.version() == Version::HTTP_11);
    let upgrading = offer.is_some().then(|| upgrade::on(&mut request));
    let (mut head, body) = request.into_parts();
    rewrite(&mut head, client, lease.target());
    if let Some(protocol) = offer {
        headers::set_upgrade(&mut head.headers, protocol);
    }
    let request = Request::from_parts(head, Outgoing::new(body));
    let idle = client.shared.settings.idle_timeout;
    let (response, link) = match send(&lease.target().pool, request, idle).await {
        Ok(answer) => answer,
        Err(failure) => return Err((failure, lease)),
    };
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return switch(client, lease, upgrading, response, link);
    }
    let (mut head, body) = response.into_parts();
    // Ours, whatever the target's is; hyper lowers it for a client that speaks HTTP/1.0.
    head.version = Version::HTTP_11;
    headers::remove_hop_by_hop(&mut head.headers);
    Ok(Response::from_parts(head, Body::Target(Download::new(body, link, lease, idle))))
}

/// Turns the client's head into the one that the target gets.
fn rewrite(head: &mut request::Parts, client: &Client, target: &Target) {
    head.version = Version::HTTP_11;
    head.extensions.clear();
    headers::remove_hop_by_hop(&mut head.headers);
    // hyper has promised the client its `100 Continue` as soon as the target's connection takes the body.
    head.headers.remove(header::EXPECT);
    if client.shared.settings.drop_invalid_header_fields {
        headers::remove_invalid(&mut head.headers);
    }
    to_origin_form(head);
    // HTTP/1.0 does without, HTTP/1.1 does not. AWS: "HTTP headers and Application Load Balancers".
    if !head.headers.contains_key(header::HOST)
        && let Ok(host) = HeaderValue::try_from(target.address().to_string())
    {
        head.headers.insert(header::HOST, host);
    }
    headers::add_forwarding(&mut head.headers, client.address, client.scheme, &client.port);
}

/// `GET http://host/path` becomes `GET /path` with that host, RFC 9112, section 3.2.2.
fn to_origin_form(head: &mut request::Parts) {
    let Some(authority) = head.uri.authority() else { return };
    let host = authority.as_str().rsplit('@').next().unwrap_or_default();
    if let Ok(host) = HeaderValue::from_str(host) {
        head.headers.insert(header::HOST, host);
    }
    let path = head.uri.path_and_query().cloned();
    head.uri = path.map(Uri::from).unwrap_or_default();
}

/// Lets the connection become a tunnel once the 101 is with the client.
fn switch(
    client: &Client,
    lease: Lease,
    upgrading: Option<OnUpgrade>,
    mut response: Response<Incoming>,
    link: Link,
) -> Result<Response<Body>, (Failure, Lease)> {
    let (Some(upgrading), Some(protocol)) = (upgrading, headers::upgrade(response.headers())) else {
        return Err((Failure::UnaskedUpgrade, lease));
    };
    let tunnel = Tunnel { client: upgrading, target: upgrade::on(&mut response), lease, link };
    *lock::hold(&client.tunnel) = Some(tunnel);
    let (mut head, _empty) = response.into_parts();
    headers::remove_hop_by_hop(&mut head.headers);
    headers::set_upgrade(&mut head.headers, protocol);
    Ok(Response::from_parts(head, Body::Page(None)))
}
