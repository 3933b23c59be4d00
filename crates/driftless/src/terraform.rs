//! OpenTofu or Terraform, driven as a person would: init, a saved plan, and applying exactly that plan.
//!
//! Everything is read from the program's JSON output; nothing is parsed that is meant for people, but the owner of a
//! state lock, which it gives in no other way.

mod apply;
mod binary;
mod diagnostic;
mod directory;
mod drift;
mod fault;
mod lock;
mod message;
mod plan;
mod process;
mod root;
mod saved;
mod summary;
mod variables;
mod version;

pub use binary::{MINIMUM, Terraform};
pub use directory::state_directory;
pub use drift::Drift;
pub use fault::Fault;
pub use lock::LockOwner;
pub use plan::{Action, Plan};
pub use root::{Applied, Backend, Goal, Root};
pub use saved::SavedPlan;
pub use summary::{ImageChange, ResourceChange, Risk, Summary, Threat};
pub use variables::Variables;
pub use version::Version;
