//! Images as others use them: through the public interface and through files.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail in its helpers, too")]

mod build;
mod closure;
mod damage;
mod difference;
mod fixture;
mod foreign;
mod forged;
mod machine;
mod mutations;
mod readers;
mod tree;
mod unpack;
mod verify;
