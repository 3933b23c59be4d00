//! What a month's traffic is assumed to be.

use serde::Serialize;

/// Use that the configuration can't know. All zero: the stack stands still, and holds nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Usage {
    /// Load balancer capacity units, on average over the month.
    pub lcu: f64,
    /// GB sent to the internet.
    pub out_gb: f64,
    /// GB that go through a NAT gateway, both ways.
    pub nat_gb: f64,
    /// GB of logs.
    pub logs_gb: f64,
    /// GB that the database or the file system holds.
    pub data_gb: f64,
    /// GB that tasks read of files.
    pub files_read_gb: f64,
    /// GB that tasks write to files. A commit of SQLite counts.
    pub files_written_gb: f64,
    /// GB that go from one zone to another.
    pub zones_gb: f64,
    /// GB that the buckets hold.
    pub objects_gb: f64,
    /// GB that the repositories of images hold.
    pub images_gb: f64,
    /// Millions of requests.
    pub million_requests: f64,
}
