//! The router's limits.

use std::time::Duration;

/// Limits of a router; the defaults are those of an Application Load Balancer where it has the setting.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Time to connect to a target, else 504. AWS: 10 s, fixed ("Troubleshoot your Application Load Balancers").
    pub connect_timeout: Duration,
    /// Time that a connection may be silent in mid-exchange, on either side. A target that is silent before its
    /// response gets the client a 504, a client that is silent within its body a 408; after the response has
    /// begun the connection is closed. AWS: `idle_timeout.timeout_seconds`, 60 s.
    pub idle_timeout: Duration,
    /// Time for a client to send a complete request head, also counted while a kept-alive connection waits for
    /// the next request. The connection is closed after it.
    pub header_timeout: Duration,
    /// Time for the same from its first byte: one that trickles in has a place among the connections for no longer.
    /// The connection is closed after it. AWS has no such limit.
    pub slow_head_timeout: Duration,
    /// Client connections at once; more wait in the listener's backlog. One connection can need three file
    /// descriptors: the client's, the target's, and a duplicate of that.
    pub max_connections: usize,
    /// Bytes that a request head or a response head may have; also the buffer of a connection. At least 8192.
    /// AWS: 64 KiB for a request's headers.
    pub max_head_bytes: usize,
    /// Remove request header fields whose names have other characters than `-A-Za-z0-9`.
    /// AWS: `routing.http.drop_invalid_header_fields.enabled`, off.
    pub drop_invalid_header_fields: bool,
    /// Answer this machine's own names, whichever hosts a rule wants, and of other names those that a rule wants. 421
    /// for the rest: a page of another site, whose name leads here (DNS rebinding), gets nothing. Without this every host
    /// is answered.
    pub own_hosts: bool,
}

impl Settings {
    /// Those of the load balancers that infra.nix is rendered to.
    pub fn of_load_balancer() -> Self {
        Self { drop_invalid_header_fields: true, own_hosts: true, ..Self::default() }
    }

    /// Those between services, as Service Connect is rendered: it ends no request.
    pub fn of_service_connect() -> Self {
        Self { idle_timeout: Duration::from_hours(24), ..Self::default() }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(1),
            header_timeout: Duration::from_mins(1),
            slow_head_timeout: Duration::from_secs(10),
            max_connections: 1024,
            max_head_bytes: 64 * 1024,
            drop_invalid_header_fields: false,
            own_hosts: false,
        }
    }
}
