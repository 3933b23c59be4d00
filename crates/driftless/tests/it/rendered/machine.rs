//! The services accept the environment that they get on AWS.

use std::{collections::BTreeMap, fs, process::Command};

use model::stack::Stack;
use serde_json::Value;

use crate::built::{binary, workspace};

/// The variables of the first container of `service`'s tasks. What only AWS knows is some name.
fn variables(config: &Value, service: &str) -> BTreeMap<String, String> {
    let definitions = config["resource"]["aws_ecs_task_definition"][service]["container_definitions"].as_str().unwrap();
    let containers: Value = serde_json::from_str(definitions).unwrap();
    let pairs = containers[0]["environment"].as_array().unwrap();
    pairs
        .iter()
        .map(|pair| {
            let text = |key: &str| pair[key].as_str().unwrap().to_owned();
            (text("name"), known(&text("value")))
        })
        .collect()
}

/// `text` with a name in place of each `${…}`.
fn known(text: &str) -> String {
    let mut parts = text.split("${");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |known, part| known + "example" + part.split_once('}').map_or("", |(_, rest)| rest))
}

#[test]
fn built_services_accept_the_environment_that_each_task_definition_gives_them() {
    let stack = Stack::read(&workspace().join("nix/rendered/stack.json")).unwrap();
    let data = tempfile::tempdir().unwrap();
    for (name, environment) in &stack.environments {
        let config = fs::read(workspace().join(format!("nix/rendered/{name}/config.tf.json"))).unwrap();
        let config: Value = serde_json::from_slice(&config).unwrap();
        for (service, deployed) in &environment.services {
            let mut command = Command::new(binary(&deployed.package));
            command.arg("check-config").env_clear();
            for (variable, value) in variables(&config, service) {
                // The directory that is mounted there.
                let mounted = deployed.data.as_deref().unwrap_or("/data");
                command.env(variable, value.replace(mounted, &data.path().display().to_string()));
            }
            let output = command.output().unwrap();
            assert!(output.status.success(), "{service} in {name}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}
