//! OpenTofu or Terraform, driven as a person would: init, a saved plan, and applying exactly that plan.
//!
//! Everything is read from the program's JSON output; nothing is parsed that is meant for people, but the owner of a
//! state lock, which it gives in no other way.

mod apply;
mod binary;
mod configuration;
mod constraint;
mod diagnostic;
mod directory;
mod drift;
mod fault;
#[cfg(feature = "test-hooks")]
pub mod hooks;
mod leftover;
mod lock;
mod lockfile;
mod message;
mod mirror;
mod plan;
mod plugins;
mod process;
mod retained;
mod root;
mod running;
mod saved;
mod selection;
mod state;
mod summary;
mod tools;
mod variables;
mod version;

pub use binary::{MINIMUM, Terraform};
pub use configuration::{Configuration, Requirement};
pub use constraint::Constraint;
pub use directory::state_directory;
pub use drift::Drift;
pub use fault::Fault;
pub use leftover::{Unsaved, push, running, settled, unsaved};
pub use lock::LockOwner;
pub use mirror::Mirror;
pub use plan::{Action, Plan};
pub use retained::{RETAINED, Retained};
pub use root::{Applied, Backend, Goal, Root, work_directory};
pub use running::Running;
pub use saved::SavedPlan;
pub use selection::Selection;
pub(crate) use state::Attributes;
pub use state::State;
pub use summary::{ImageChange, ResourceChange, Risk, Summary, Threat};
pub use tools::Tools;
pub use variables::Variables;
pub use version::Version;
