//! A task definition: everything that makes a task what it is. Equal definitions need no new task.

use std::{collections::BTreeMap, path::Path, time::Duration};

use anyhow::Context;
use model::stack::{Health, SERVICE_REFERENCE, Service};

use super::{
    data_directory::{DataDirectory, check_inside},
    root::Root,
    router::HealthCheck,
    sandbox::{Data, Mode, Spec},
    secrets::Secret,
    user::User,
};

/// What is run for a service.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(crate) service: String,
    pub(crate) root: Root,
    /// Whether the image is anybody's, and not of one program.
    foreign: bool,
    entrypoint: Vec<String>,
    arguments: Vec<String>,
    user: User,
    writable: BTreeMap<String, u64>,
    environment: BTreeMap<String, String>,
    secrets: BTreeMap<String, Secret>,
    data: Option<Data>,
    health: Health,
    pub(crate) stop_timeout: Duration,
    pub(crate) drain: Duration,
}

impl PartialEq for Definition {
    fn eq(&self, other: &Self) -> bool {
        // The root's other parts follow from its digest.
        let key = |of: &Self| {
            let Self { service, root, environment, secrets, data, health, stop_timeout, drain, .. } = of.clone();
            let Self { entrypoint, arguments, user, writable, .. } = of.clone();
            let container = (entrypoint, arguments, user, writable);
            (service, root.digest, container, environment, secrets, data, (health, stop_timeout, drain))
        };
        key(self) == key(other)
    }
}

impl Definition {
    pub(crate) fn new(
        data: &DataDirectory,
        name: &str,
        service: &Service,
        root: Root,
        secrets: &BTreeMap<String, Secret>,
    ) -> anyhow::Result<Self> {
        if let Some(inside) = &service.data {
            check_inside(name, inside)?;
        }
        for path in service.writable.keys() {
            check_inside(name, path)?;
        }
        let user = User::of(service.user.as_deref(), &root)
            .with_context(|| format!("choosing the user of service `{name}`"))?;
        let secret = |name: &String| secrets.get(name).map(|value| (name.clone(), value.clone()));
        Ok(Self {
            service: name.to_owned(),
            root,
            foreign: !service.image.is_program(),
            entrypoint: service.entrypoint.clone(),
            arguments: service.command.clone(),
            user,
            writable: service.writable.iter().map(|(path, size)| (path.clone(), u64::from(*size) << 20)).collect(),
            environment: service.environment.clone(),
            secrets: service.secrets.iter().filter_map(secret).collect(),
            data: service.data.clone().map(|inside| Data { host: data.service(name), inside }),
            health: service.health.clone(),
            stop_timeout: Duration::from_secs(service.stop_timeout_seconds.into()),
            drain: Duration::from_secs(service.drain_seconds.into()),
        })
    }

    /// The directory that outlives tasks.
    pub(crate) fn data(&self) -> Option<&Path> {
        self.data.as_ref().map(|data| data.host.as_path())
    }

    /// User and group id.
    pub(crate) fn ids(&self) -> (u32, u32) {
        self.user.ids
    }

    /// The target group's health check, but more often; `deadline` is the time that a new task has.
    pub(crate) fn health_check(&self, deadline: Duration) -> HealthCheck {
        let check = HealthCheck {
            path: self.health.path.clone(),
            interval: Duration::from_secs(self.health.interval_seconds.into()),
            timeout: Duration::from_secs(self.health.timeout_seconds.into()),
            healthy_threshold: self.health.healthy_threshold,
            unhealthy_threshold: self.health.unhealthy_threshold,
            initial_period: deadline,
            ..HealthCheck::default()
        };
        check.often()
    }

    /// What the task `id` gets: this definition on `port`, with the services at the ports that `reach` knows.
    pub(crate) fn spec(&self, id: &str, mode: Mode, port: u16, reach: impl Fn(&str) -> Option<u16>) -> Spec {
        let execution = &self.root.execution;
        Spec {
            mode,
            root: self.root.files.clone(),
            data: self.data.clone(),
            writable: self.writable.clone(),
            ids: self.ids(),
            hostname: id.to_owned(),
            command: self.root.command(&self.entrypoint, &self.arguments),
            working_directory: execution.working_dir.clone(),
            environment: self.environment(mode, port, reach),
            hosts: None,
            network: None,
        }
    }

    /// The image's environment, the stack's, the secrets, and where to listen, each before the ones that it names.
    fn environment(&self, mode: Mode, port: u16, reach: impl Fn(&str) -> Option<u16>) -> BTreeMap<String, String> {
        let image = self.root.execution.env.iter().filter_map(|pair| pair.split_once('='));
        let image = image.map(|(name, value)| (name.to_owned(), self.image_value(mode, value)));
        let stack = self.environment.iter().map(|(name, value)| {
            let port = value.strip_prefix(SERVICE_REFERENCE).and_then(&reach);
            let value = port.map_or_else(|| self.stack_value(mode, value), |port| format!("http://127.0.0.1:{port}"));
            (name.clone(), value)
        });
        let secrets = self.secrets.iter().map(|(name, value)| (name.clone(), value.reveal().to_owned()));
        let own = [("HOST", "127.0.0.1".to_owned()), ("PORT", port.to_string())];
        let own = own.into_iter().map(|(name, value)| (name.to_owned(), value));
        // The image of one program says all that it needs.
        let given = self.user.environment().into_iter().filter(|_| self.foreign);
        let given = given.map(|(name, value)| (name.to_owned(), self.image_value(mode, value)));
        given.chain(image).chain(stack).chain(secrets).chain(own).collect()
    }

    /// Without isolation the image's files are elsewhere.
    fn image_value(&self, mode: Mode, value: &str) -> String {
        let path = value.strip_prefix('/').map(|path| self.root.files.join(path));
        match path.filter(|path| mode == Mode::Plain && path.exists()) {
            Some(path) => path.display().to_string(),
            None => value.to_owned(),
        }
    }

    /// Without isolation the data directory is elsewhere.
    fn stack_value(&self, mode: Mode, value: &str) -> String {
        match &self.data {
            Some(data) if mode == Mode::Plain => replace_path(value, &data.inside, &data.host.display().to_string()),
            _ => value.to_owned(),
        }
    }
}

/// `text` with the path `from` replaced, where it stands alone or begins a longer path.
fn replace_path(text: &str, from: &str, to: &str) -> String {
    let named = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let mut replaced = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let (before, after) = (&rest[..at], &rest[at + from.len()..]);
        let starts = !before.chars().next_back().is_some_and(named);
        let ends = !after.chars().next().is_some_and(named);
        replaced.push_str(before);
        replaced.push_str(if starts && ends { to } else { from });
        rest = after;
    }
    replaced + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_the_data_directory_and_nothing_that_looks_like_it() {
        let replaced = |text| replace_path(text, "/data", "/home/me/.driftless/data/backend");
        assert_eq!(replaced("sqlite:////data/items.db"), "sqlite:////home/me/.driftless/data/backend/items.db");
        assert_eq!(replaced("/data"), "/home/me/.driftless/data/backend");
        for other in ["/database", "/var/data", "/data-2/x", "data", ""] {
            assert_eq!(replaced(other), other);
        }
    }
}
