//! What AWS would allow, and what would reach what: verdicts with reasons, from a description alone.
//!
//! - [`access`]: who may do what, by the policies that have a say;
//! - [`reach`](mod@reach): what reaches what, by routes, security groups, network ACLs and endpoints;
//! - [`needs`]: what tasks need to start and to work, and would lack;
//! - [`terraform`]: both descriptions from a root in JSON or from a plan;
//! - [`assertion`]: what must hold and what must never be, judged;
//! - [`serve()`]: the same for programs in other languages, a line of JSON for each question.
//!
//! Asks nobody and reads no files. Whoever has policies and a network to judge, from a Terraform root, a plan or an account that
//! is simulated, describes them; the answer says by which statement, rule or route, or for want of which.
//!
//! ```
//! use judge::access::{Policies, Request, evaluate};
//!
//! let policies: Policies = serde_json::from_str(r#"{"identity": {"start": {
//!   "Version": "2012-10-17",
//!   "Statement": [{"Sid": "PullItsImage", "Effect": "Allow", "Action": "ecr:BatchGetImage",
//!     "Resource": "arn:aws:ecr:eu-central-1:111122223333:repository/shop/api"}]
//! }}}"#)?;
//! let request: Request = serde_json::from_str(r#"{
//!   "caller": "arn:aws:sts::111122223333:assumed-role/api-execution/task",
//!   "action": "ecr:BatchGetImage",
//!   "resource": "arn:aws:ecr:eu-central-1:111122223333:repository/shop/web"
//! }"#)?;
//! let verdict = evaluate(&policies, &request);
//! assert!(!verdict.is_allowed());
//! assert!(verdict.message.ends_with("because no identity-based policy allows the ecr:BatchGetImage action"));
//! assert_eq!(
//!     verdict.notes,
//!     ["`PullItsImage` of the identity-based policy `start` does not apply: its resources are \
//!       arn:aws:ecr:eu-central-1:111122223333:repository/shop/api"],
//! );
//! # Ok::<(), serde_json::Error>(())
//! ```

pub mod access;
pub mod assertion;
mod hole;
mod known;
pub mod needs;
pub mod reach;
mod serve;
pub mod terraform;

pub use hole::{first_hole, hole};
pub use serve::{Session, serve};
