//! Releases that differ from the one that is rehearsed: what a change and a mistake look like.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde_json::{Value, json};

/// What is done to the containers of a service.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    /// One more variable: all tasks are replaced, and do the same.
    Harmless,
    /// A program that is not there.
    Crash,
}

impl Change {
    fn apply(self, container: &mut Value) {
        match self {
            Self::Harmless => {
                if let Some(environment) = container["environment"].as_array_mut() {
                    environment.push(json!({ "name": "DRIFTLESS_REHEARSAL", "value": "a change" }));
                    environment.sort_by(|one, other| one["name"].as_str().cmp(&other["name"].as_str()));
                }
            }
            Self::Crash => container["entryPoint"] = json!(["/no-such-program"]),
        }
    }
}

/// A copy of `bundle` in `out`, in which `change` was made to `services` of `environment`.
pub(crate) fn changed(
    bundle: &Path,
    out: PathBuf,
    environment: &str,
    services: &[String],
    change: Change,
) -> anyhow::Result<PathBuf> {
    copy(bundle, &out).with_context(|| format!("copying `{}`", bundle.display()))?;
    let path = out.join("terraform").join(environment).join("config.tf.json");
    let reading = || format!("reading `{}`", path.display());
    let mut root: Value = serde_json::from_slice(&fs::read(&path).with_context(reading)?).with_context(reading)?;
    for service in services {
        let definitions = &mut root["resource"]["aws_ecs_task_definition"][service]["container_definitions"];
        let text = definitions.as_str().with_context(|| format!("`{service}` has no containers"))?;
        let mut containers: Value = serde_json::from_str(text).with_context(reading)?;
        change.apply(&mut containers[0]);
        *definitions = containers.to_string().into();
    }
    // The copy may be of files that nobody may change, such as Nix's.
    fs::remove_file(&path)
        .and_then(|()| fs::write(&path, root.to_string()))
        .with_context(|| format!("writing `{}`", path.display()))?;
    Ok(out)
}

/// A project as `bundle` was rendered from: where the commands are run that ask nothing of a bundle.
pub(crate) fn checkout(bundle: &Path, scratch: &Path) -> anyhow::Result<PathBuf> {
    let project = scratch.join("project");
    let rendered = project.join("nix/rendered");
    let copied = copy(&bundle.join("terraform"), &rendered)
        .and_then(|()| fs::copy(bundle.join("stack.json"), rendered.join("stack.json")));
    copied.with_context(|| format!("copying `{}`", bundle.display()))?;
    Ok(project)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if fs::metadata(entry.path())?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
