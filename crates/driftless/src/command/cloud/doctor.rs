//! `driftless doctor`

use std::process::ExitCode;

use super::args;
use crate::{
    bundle,
    command::print::print,
    deploy::{Diagnosis, Finding, Level, examine, unanswered},
    project::Project,
    stack::Stack,
    terraform::Configuration,
};

pub(super) async fn run(args: &args::Doctor) -> anyhow::Result<ExitCode> {
    let stack = match &args.place.bundle {
        Some(directory) => Stack::read(&directory.join(bundle::STACK))?,
        None => Project::here()?.stack,
    };
    let diagnosis = match args.place.target_of(stack.clone()).await {
        Ok(target) => {
            let configuration = args.place.configuration(&target.name).and_then(|path| Configuration::read(&path));
            Box::pin(examine(&target, configuration)).await
        }
        // Without an account there is no more to be looked at.
        Err(error) => {
            let mut findings = vec![Finding::failed("account", &error)];
            findings.extend(unanswered(&stack, args.place.env.as_deref(), &error).await);
            Diagnosis::new(None, findings)
        }
    };
    if args.json {
        print(&serde_json::to_string_pretty(&diagnosis)?)?;
    } else {
        print(diagnosis.text(true).trim_end())?;
    }
    Ok(if diagnosis.level() == Level::Error { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
