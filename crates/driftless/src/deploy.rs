//! Deploying: what takes a release to an environment of an AWS account, and keeps a record of it.

mod boundary;
mod bucket;
mod candidate;
mod contents;
mod doctor;
mod drift;
mod images;
pub mod kept;
mod lock;
mod rebuild;
mod release;
mod secrets;
mod source;
mod store;
mod target;
mod verify;
mod watch;

pub use self::{
    bucket::{State, bootstrap},
    candidate::Candidate,
    contents::{Contents, contents},
    doctor::{Diagnosis, Finding, Level, examine, unanswered},
    drift::drift,
    images::push,
    lock::{Lock, break_lock, lock},
    rebuild::rebuild,
    release::{Decide, Ended, Options, planned, release},
    secrets::{Secret, SecretState, forget, missing, put, states, versions},
    source::Source,
    store::BucketStore,
    target::{Choice, Target},
    verify::{Compared, Witness, compare},
    watch::Unwatched,
};
