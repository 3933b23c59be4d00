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
    instances: Vec<Instance>,
}

#[derive(Clone, Debug, Deserialize)]
struct Instance {
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Attributes {
    arn: Option<String>,
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
        let instances = self.of(kind).flat_map(|resource| &resource.instances);
        instances.filter_map(|instance| instance.attributes.arn.as_deref())
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
            {"mode": "managed", "type": "aws_vpc", "name": "main", "instances": [{"attributes": {"arn": "arn:1"}}]}
        ]}"#;
        let state = State::parse(text).unwrap();
        assert_eq!((state.count("aws_eip", "nat"), state.count("aws_eip", "other")), (2, 0));
        assert_eq!(state.arns("aws_vpc").collect::<Vec<_>>(), ["arn:1"]);
    }
}
