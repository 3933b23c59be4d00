//! Deploying: what takes a release to a site, and keeps a record of it.

mod again;
mod applied;
mod back;
mod bucket;
mod contents;
mod delegation;
mod deployment;
mod destroyed;
mod doctor;
mod ending;
mod images;
mod lock;
mod orphans;
mod price;
mod rebuild;
mod retain;
mod run;
pub mod saved;
mod scaled;
mod secrets;
mod verify;
mod watch;

pub use self::{
    bucket::{State, bootstrap},
    contents::{Contents, contents},
    deployment::Deployment,
    destroyed::{logs_left, record_destroyed},
    doctor::{Diagnosis, Finding, Level, examine, foresee, unanswered},
    ending::{Ending, Unfinished},
    images::registry,
    lock::{Lock, break_lock, lock},
    orphans::remains,
    price::difference as price_difference,
    rebuild::rebuild,
    run::{Decide, Options, open, precheck},
    secrets::{Secret, SecretState, forget, missing, put, states, versions},
    verify::{Compared, Reference, compare, drift},
    watch::Interrupted,
};
