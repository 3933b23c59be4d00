//! What a Terraform root costs in a month, from its `config.tf.json` alone.
//!
//! An estimate says what stands still costs: traffic, logs and data are added by [`Usage`]. Prices are a dated file,
//! `prices.json`; nothing is asked of AWS.

mod alarms;
mod balancer;
mod database;
mod difference;
mod estimate;
mod flat;
mod network;
mod part;
mod prices;
mod root;
mod service;
mod storage;
mod tasks;
mod usage;

#[cfg(test)]
mod tests;

pub use self::{
    difference::{Change, Difference, difference},
    estimate::{Estimate, Line, estimate},
    prices::Prices,
    root::Root,
    usage::Usage,
};
