//! Compares the settings of two images: what a runtime uses to start them, and annotations.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{Execution, Layout};

/// A setting that differs: of the config, or an annotation of the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingDifference {
    /// `platform`, `user`, `working_dir`, `entrypoint`, `cmd`, `env.NAME` or `annotation.KEY`.
    pub setting: String,
    /// The value in the old image; none if the setting was added.
    pub from: Option<String>,
    /// The value in the new image; none if the setting was removed.
    pub to: Option<String>,
}

pub(super) fn differences(from: &Layout, to: &Layout) -> Vec<SettingDifference> {
    let (mut was, mut is) = (settings(from), settings(to));
    let names: BTreeSet<_> = was.keys().chain(is.keys()).cloned().collect();
    let difference =
        |setting: String| SettingDifference { from: was.remove(&setting), to: is.remove(&setting), setting };
    names.into_iter().map(difference).filter(|setting| setting.from != setting.to).collect()
}

/// The settings that have a value, by name.
fn settings(layout: &Layout) -> BTreeMap<String, String> {
    let Execution { user, env, entrypoint, cmd, working_dir } = &layout.config().config;
    let single = [
        ("platform", layout.platform().to_string()),
        ("user", user.clone()),
        ("working_dir", working_dir.clone()),
        ("entrypoint", words(entrypoint)),
        ("cmd", words(cmd)),
    ];
    let single = single.into_iter().filter(|(_, value)| !value.is_empty());
    let single = single.map(|(name, value)| (name.to_owned(), value));
    let env = env.iter().map(|variable| {
        let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
        (format!("env.{name}"), value.to_owned())
    });
    let annotations = layout.manifest().annotations.iter();
    let annotations = annotations.map(|(key, value)| (format!("annotation.{key}"), value.clone()));
    single.chain(env).chain(annotations).collect()
}

/// Words as a Dockerfile writes them, `["/bin/app","--verbose"]`, so that the end of each is visible.
fn words(words: &[String]) -> String {
    if words.is_empty() { String::new() } else { serde_json::json!(words).to_string() }
}
