//! What outlives the release that made it: the logs of a service, and the values that people gave to secrets. A release
//! without them has Terraform forget them, and one that names them again has it import them.

use serde_json::{Value, json};

/// Types of resources that are kept.
pub const RETAINED: [&str; 2] = ["aws_cloudwatch_log_group", "aws_secretsmanager_secret"];

/// What a plan does about resources that outlive a release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retained {
    /// Addresses that the state has and the configuration does not.
    pub removed: Vec<String>,
    /// Addresses that the configuration has and the state does not, though the resource exists; and the id that Terraform
    /// imports it by.
    pub imported: Vec<(String, String)>,
}

impl Retained {
    /// Terraform's words for it: `removed` and `import` blocks. None if there is nothing to say.
    pub(super) fn document(&self) -> Option<Value> {
        let removed: Vec<_> =
            self.removed.iter().map(|from| json!({ "from": from, "lifecycle": [{ "destroy": false }] })).collect();
        let imported: Vec<_> = self.imported.iter().map(|(to, id)| json!({ "to": to, "id": id })).collect();
        let mut document = serde_json::Map::new();
        for (block, members) in [("removed", removed), ("import", imported)] {
            if !members.is_empty() {
                document.insert(block.to_owned(), members.into());
            }
        }
        (!document.is_empty()).then(|| document.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_where_nothing_is_kept() {
        assert_eq!(Retained::default().document(), None);
        let removed = Retained { removed: vec!["aws_cloudwatch_log_group.extra".to_owned()], ..Retained::default() };
        let block = json!([{ "from": "aws_cloudwatch_log_group.extra", "lifecycle": [{ "destroy": false }] }]);
        assert_eq!(removed.document(), Some(json!({ "removed": block })));
    }
}
