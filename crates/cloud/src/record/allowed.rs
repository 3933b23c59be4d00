//! What the configuration in a record may hold, before Terraform is started on it with somebody's credentials.
//!
//! A record is data that others could have written. So its configuration may hold what is rendered from `infra.nix`, and of
//! all else only what the environment's own root, that of the checkout or the bundle, has in the same place: a provider, a
//! module, a provisioner that `terraform = { … }` added. Providers, and what runs programs or reads files, is what counts
//! here; which resources of AWS there are to be is shown in a plan.

mod calls;
mod json;

use serde_json::{Value, json};

use self::calls::calls;

/// Where a configuration is to be used, and what it is held against.
#[derive(Debug)]
pub(crate) struct Own<'a> {
    /// The environment: its state is called so.
    pub(crate) environment: &'a str,
    /// Its region, which the state and the provider are in.
    pub(crate) region: &'a str,
    /// The environment's root as the checkout or the bundle has it; null if it has none.
    pub(crate) root: &'a Value,
}

/// Of a rendered configuration, the sections that hold values alone.
const VALUES: [&str; 3] = ["locals", "output", "variable"];

/// What is rendered of the provider, beside its region.
const PROVIDER: [&str; 3] = ["alias", "allowed_account_ids", "default_tags"];

/// What is read from AWS. Others could be a request that somebody else makes with our rights: `aws_lambda_invocation`.
const DATA: [&str; 4] =
    ["aws_availability_zones", "aws_caller_identity", "aws_ec2_managed_prefix_list", "aws_route53_zone"];

/// Of a resource: what runs programs, here or elsewhere.
const PROGRAMS: [&str; 2] = ["connection", "provisioner"];

/// Arguments that name a file of this machine, which is uploaded: of functions, layers, canaries, scripts, flows of calls.
const FILES: [&str; 2] = ["filename", "zip_file"];

/// Whose `source` is one, too.
const OBJECTS: [&str; 2] = ["aws_s3_bucket_object", "aws_s3_object"];

/// What of a configuration is neither rendered nor in the environment's own root: where it is, in the order of the text.
/// Empty where there is nothing.
pub(super) fn strays(text: &[u8], own: &Own<'_>) -> serde_json::Result<Vec<String>> {
    let document = json::parse(text)?;
    let mut strays = Strays { own, document: &document, found: Vec::new() };
    strays.sections();
    strays.strings("", &document, own.root);
    Ok(strays.found)
}

struct Strays<'a> {
    own: &'a Own<'a>,
    document: &'a Value,
    found: Vec<String>,
}

impl<'a> Strays<'a> {
    fn sections(&mut self) {
        let (document, own) = (self.document, self.own);
        let has_sections = self.each("", document, own.root, |strays, name, path, section, own| match name {
            name if VALUES.contains(&name) => true,
            "terraform" => strays.each(path, section, own, Self::terraform),
            "provider" => strays.each(path, section, own, Self::providers),
            "data" => strays.each(path, section, own, Self::data),
            "resource" => strays.each(path, section, own, |strays, kind, path, named, own| {
                strays.is_of_provider(kind)
                    && strays
                        .each(path, named, own, |strays, _, path, body, own| strays.resource(kind, path, body, own))
            }),
            _ => false,
        });
        if !has_sections {
            self.found.push("all of it".to_owned());
        }
    }

    fn terraform(&mut self, name: &str, path: &str, value: &'a Value, own: &'a Value) -> bool {
        match name {
            "required_version" => value.is_string(),
            "required_providers" => self.each(path, value, own, |_, name, _, value, own| is_provider(name, value, own)),
            "backend" => {
                let key = format!("{}.tfstate", self.own.environment);
                *value
                    == json!({ "s3": { "key": key, "region": self.own.region, "encrypt": true, "use_lockfile": true } })
            }
            _ => false,
        }
    }

    fn providers(&mut self, name: &str, path: &str, value: &'a Value, own: &'a Value) -> bool {
        if name != "aws" {
            return false;
        }
        // One, or one for each region.
        match value {
            Value::Array(blocks) => {
                for (index, block) in blocks.iter().enumerate() {
                    let own = own.get(index).unwrap_or(&Value::Null);
                    self.is_allowed(&format!("{path}[{index}]"), block, own, |strays, path, block| {
                        strays.each(path, block, own, |strays, name, _, value, _| strays.argument(name, value, block))
                    });
                }
                true
            }
            block => self.each(path, block, own, |strays, name, _, value, _| strays.argument(name, value, block)),
        }
    }

    /// An argument of the provider. Another region is that of an alias which is called after it.
    fn argument(&self, name: &str, value: &Value, block: &Value) -> bool {
        let alias = block["alias"].as_str();
        let expected = |region: &str| match alias {
            Some(alias) => region.replace('-', "_") == alias,
            None => region == self.own.region,
        };
        PROVIDER.contains(&name) || name == "region" && value.as_str().is_some_and(expected)
    }

    fn data(&mut self, kind: &str, path: &str, named: &'a Value, own: &'a Value) -> bool {
        let is_known = DATA.contains(&kind) || kind.starts_with("aws_") && own.is_object();
        is_known && self.each(path, named, own, |strays, _, path, body, own| strays.resource(kind, path, body, own))
    }

    fn resource(&mut self, kind: &str, path: &str, body: &'a Value, own: &'a Value) -> bool {
        self.each(path, body, own, |strays, argument, _, value, _| match argument {
            "provider" => value.as_str().is_some_and(|name| strays.is_declared(name.split('.').next().unwrap_or(name))),
            "source" => !OBJECTS.contains(&kind),
            _ => !PROGRAMS.contains(&argument) && !FILES.contains(&argument),
        })
    }

    /// Whether a resource is one of AWS, of Terraform itself, or of a provider that the own root has, too.
    fn is_of_provider(&self, kind: &str) -> bool {
        kind == "terraform_data" || self.is_declared(kind.split('_').next().unwrap_or(kind))
    }

    fn is_declared(&self, provider: &str) -> bool {
        let own = &self.own.root["terraform"]["required_providers"][provider];
        let declared = &self.document["terraform"]["required_providers"][provider];
        provider == "aws" || is_provider(provider, declared, own)
    }

    /// Takes the members of `value`, each with what the own root has in its place, and notes those that `is_known` does
    /// not know. True where `value` has members, so that it can be told what is wrong with them.
    fn each(
        &mut self,
        path: &str,
        value: &'a Value,
        own: &'a Value,
        is_known: impl Fn(&mut Self, &str, &str, &'a Value, &'a Value) -> bool,
    ) -> bool {
        let Value::Object(members) = value else { return false };
        for (name, value) in members {
            let own = own.get(name).unwrap_or(&Value::Null);
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            self.is_allowed(&path, value, own, |strays, path, value| is_known(strays, name, path, value, own));
        }
        true
    }

    fn is_allowed(
        &mut self,
        path: &str,
        value: &'a Value,
        own: &Value,
        is_known: impl FnOnce(&mut Self, &str, &'a Value) -> bool,
    ) {
        if value != own && !is_known(self, path, value) {
            self.found.push(path.to_owned());
        }
    }

    /// Looks at every string, names included, for functions that do more than count with what they are given.
    fn strings(&mut self, path: &str, value: &Value, own: &Value) {
        if value == own {
            return;
        }
        match value {
            Value::String(text) => self.calls(path, text),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.strings(&format!("{path}[{index}]"), item, own.get(index).unwrap_or(&Value::Null));
                }
            }
            Value::Object(members) => {
                for (name, value) in members {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    self.calls(&path, name);
                    self.strings(&path, value, own.get(name).unwrap_or(&Value::Null));
                }
            }
            _ => {}
        }
    }

    fn calls(&mut self, path: &str, text: &str) {
        self.found.extend(calls(text).into_iter().map(|call| format!("{path}: {call}")));
    }
}

/// Whether `required_providers` may say this of the provider `name`.
fn is_provider(name: &str, declared: &Value, own: &Value) -> bool {
    let is_plain = declared.as_object().is_some_and(|it| it.keys().all(|key| key == "source" || key == "version"));
    let source = &declared["source"];
    is_plain && (name == "aws" && source == "hashicorp/aws" || source.is_string() && *source == own["source"])
}

#[cfg(test)]
mod tests;
