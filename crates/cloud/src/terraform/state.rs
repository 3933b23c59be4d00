//! A state file, reduced to which resources there are. What they hold may be secret, and is not kept.

use serde::Deserialize;

/// The resources that Terraform made.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct State {
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Clone, Debug, Deserialize)]
struct Resource {
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    name: String,
    #[serde(default)]
    provider: String,
    #[serde(default)]
    instances: Vec<Instance>,
}

#[derive(Clone, Debug, Deserialize)]
struct Instance {
    #[serde(default)]
    attributes: Attributes,
}

/// What is kept of a resource, as far as it has such attributes.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Attributes {
    /// Its ARN.
    pub arn: Option<String>,
    /// The family of a task definition.
    pub family: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The servers of a zone.
    pub name_servers: Option<Vec<String>>,
    id: Option<String>,
}

impl State {
    /// Parses the bytes of a state file.
    pub fn parse(text: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(text)
    }

    /// How many of a resource there are.
    pub fn count(&self, kind: &str, name: &str) -> usize {
        self.of(kind).filter(|resource| resource.name == name).map(|resource| resource.instances.len()).sum()
    }

    /// The ARNs of the resources of a type.
    pub fn arns(&self, kind: &str) -> impl Iterator<Item = &str> {
        self.attributes(kind).filter_map(|attributes| attributes.arn.as_deref())
    }

    /// What the resources of a type hold.
    pub fn attributes(&self, kind: &str) -> impl Iterator<Item = &Attributes> {
        self.of(kind).flat_map(|resource| &resource.instances).map(|instance| &instance.attributes)
    }

    /// Whether a resource with this ARN is in it: by the ARN, or where the state has none, by the id that the ARN ends with.
    pub fn has(&self, arn: &str) -> bool {
        let end = arn.rsplit(['/', ':']).next();
        let managed = self.resources.iter().filter(|resource| resource.mode == "managed");
        managed.flat_map(|resource| &resource.instances).any(|Instance { attributes }| match attributes {
            Attributes { arn: Some(other), .. } if other.trim_end_matches(":*") == arn => true,
            Attributes { id, .. } => id.as_deref().is_some_and(|id| id == arn || Some(id) == end),
        })
    }

    /// The names of the resources of a type that are in the root's own account and region.
    pub fn names(&self, kind: &str) -> impl Iterator<Item = &str> {
        // Another provider has a name after the address: `provider["registry.terraform.io/hashicorp/aws"].us_east_1`.
        let own = self.of(kind).filter(|resource| resource.provider.is_empty() || resource.provider.ends_with(']'));
        own.filter(|resource| !resource.instances.is_empty()).map(|resource| resource.name.as_str())
    }

    fn of(&self, kind: &str) -> impl Iterator<Item = &Resource> {
        self.resources.iter().filter(move |resource| resource.mode == "managed" && resource.kind == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_is_counted() {
        let text = br#"{"version": 4, "resources": [
            {"mode": "managed", "type": "aws_eip", "name": "nat", "instances": [{"index_key": 0}, {"index_key": 1}]},
            {"mode": "data", "type": "aws_eip", "name": "nat", "instances": [{}]},
            {"mode": "managed", "type": "aws_vpc", "name": "main", "instances": [{"attributes": {"arn": "arn:1"}}],
             "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]"},
            {"mode": "managed", "type": "aws_vpc", "name": "abroad", "instances": [{"attributes": {"arn": "arn:2"}}],
             "provider": "provider[\"registry.terraform.io/hashicorp/aws\"].us_east_1"}
        ]}"#;
        let state = State::parse(text).unwrap();
        assert_eq!((state.count("aws_eip", "nat"), state.count("aws_eip", "other")), (2, 0));
        assert_eq!(state.arns("aws_vpc").collect::<Vec<_>>(), ["arn:1", "arn:2"]);
        assert_eq!(state.names("aws_vpc").collect::<Vec<_>>(), ["main"]);
    }
}
