//! Rollouts, from the outside.
#![cfg(feature = "test-hooks")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod rollout;
