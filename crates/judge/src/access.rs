//! Who may do what: policies evaluated as AWS documents it.
//!
//! [`evaluate`] takes the [`Policies`] that have a say and a [`Request`], and gives a [`Verdict`]: allowed, denied, or not to be
//! judged. A condition key or operator that is not known, a policy that nobody gave, a value with a [hole](crate::hole()): what
//! depends on them is never allowed.
//!
//! Not judged: grants of KMS, access control lists and the public access block of S3, what a service checks beside policies.

mod account;
mod arn;
mod caller;
mod condition;
mod document;
mod evaluate;
mod keys;
mod pattern;
mod policies;
mod principal;
mod request;
mod scan;
mod statement;
mod variable;
mod verdict;
mod wording;

pub use account::{Account, Owned, Question, QuestionError, Role};
pub use caller::{Caller, CallerError};
pub use document::{Document, DocumentError};
pub use evaluate::evaluate;
pub use policies::{Layer, Named, Policies, ResourcePolicy};
pub use request::{OneOrMany, Request, Values};
pub use verdict::{Deciding, Outcome, Verdict};
