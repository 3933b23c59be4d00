//! Images as others use them: through the public interface and through files.
#![allow(clippy::unwrap_used, clippy::panic)]

mod build;
mod damage;
mod difference;
mod fixture;
mod forged;
mod overhead;
mod unpack;
mod verify;
