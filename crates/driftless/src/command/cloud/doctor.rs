//! `driftless doctor`

use std::process::ExitCode;

use super::args;
use crate::{
    command::print::print,
    deploy::{Diagnosis, Finding, Level, examine},
    terraform::Configuration,
};

pub(super) async fn run(args: &args::Doctor) -> anyhow::Result<ExitCode> {
    let diagnosis = match args.place.target().await {
        Ok(target) => {
            let configuration = args.place.configuration(&target.name).and_then(|path| Configuration::read(&path));
            Box::pin(examine(&target, configuration)).await
        }
        // Without an account there is no more to be looked at.
        Err(error) => Diagnosis::new(None, vec![Finding::failed("account", &error)]),
    };
    if args.json {
        print(&serde_json::to_string_pretty(&diagnosis)?)?;
    } else {
        print(diagnosis.text(true).trim_end())?;
    }
    Ok(if diagnosis.level() == Level::Error { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
