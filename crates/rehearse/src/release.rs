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
    edit(&configuration(&out, environment), |root| {
        for service in services {
            let definitions = &mut root["resource"]["aws_ecs_task_definition"][service]["container_definitions"];
            let text = definitions.as_str().with_context(|| format!("`{service}` has no containers"))?;
            let mut containers: Value = serde_json::from_str(text)?;
            change.apply(&mut containers[0]);
            *definitions = containers.to_string().into();
        }
        Ok(())
    })?;
    Ok(out)
}

/// What keeps a resource from being destroyed, and the value that does not.
const PROTECTION: [(&str, bool); 4] = [
    ("deletion_protection", false),
    ("enable_deletion_protection", false),
    ("force_destroy", true),
    ("skip_final_snapshot", true),
];

/// A copy of `bundle` in `out`, in which nothing protects `environment`: as if infra.nix said so.
pub(crate) fn unprotected(bundle: &Path, out: PathBuf, environment: &str) -> anyhow::Result<PathBuf> {
    copy(bundle, &out).with_context(|| format!("copying `{}`", bundle.display()))?;
    edit(&configuration(&out, environment), |root| {
        let kinds = root["resource"].as_object_mut().into_iter().flat_map(|kinds| kinds.values_mut());
        let resources = kinds.filter_map(Value::as_object_mut).flat_map(|named| named.values_mut());
        for resource in resources.filter_map(Value::as_object_mut) {
            for (name, value) in PROTECTION {
                resource.entry(name).and_modify(|said| *said = value.into());
            }
            resource.entry("recovery_window_in_days").and_modify(|days| *days = 0.into());
        }
        Ok(())
    })?;
    for (file, pointer) in [("stack.json", ""), ("release.json", "/stack")] {
        edit(&out.join(file), |document| {
            let stack = document.pointer_mut(pointer).context("it has no stack")?;
            stack["environments"][environment]["protected"] = false.into();
            Ok(())
        })?;
    }
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

fn configuration(bundle: &Path, environment: &str) -> PathBuf {
    bundle.join("terraform").join(environment).join("config.tf.json")
}

/// Changes a JSON file.
fn edit(path: &Path, change: impl FnOnce(&mut Value) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let doing = || format!("changing `{}`", path.display());
    let mut document: Value = serde_json::from_slice(&fs::read(path).with_context(doing)?).with_context(doing)?;
    change(&mut document).with_context(doing)?;
    // The copy may be of files that nobody may change, such as Nix's.
    fs::remove_file(path).and_then(|()| fs::write(path, document.to_string())).with_context(doing)
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
