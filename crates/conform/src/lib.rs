//! Will an image live on Fargate? It is run as a task there would be, by the engine, and each answer has its evidence.
//!
//! ```no_run
//! # async fn example(launcher: engine::Launcher, layout: &std::path::Path) -> anyhow::Result<()> {
//! let subject = conform::Subject::new(layout.to_owned())?;
//! let report = conform::run(&launcher, &subject, &*model::progress::stderr()).await?;
//! assert!(report.conforms(), "{report:?}");
//! # Ok(())
//! # }
//! ```

mod examine;
mod files;
mod load;
mod report;
mod sizes;
mod subject;
mod trial;
mod writes;

pub use self::{
    examine::run,
    report::{Answer, Finding, Report, SCHEMA},
    subject::Subject,
};
