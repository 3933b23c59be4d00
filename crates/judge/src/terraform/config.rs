//! A root in Terraform's JSON syntax.

use serde_json::{Map, Value};

use super::{Described, TerraformError, root::Root};
use crate::hole;

/// The name of the hole that stands for the account.
const ACCOUNT: &str = "account";

/// Types of which it matters how many there are.
const COUNTED: &[&str] = &[
    "aws_db_",
    "aws_ec2_",
    "aws_ecs_",
    "aws_efs_",
    "aws_elasticache_",
    "aws_iam_",
    "aws_internet_gateway",
    "aws_kms_",
    "aws_lb",
    "aws_nat_gateway",
    "aws_network_",
    "aws_rds_",
    "aws_route_",
    "aws_s3_",
    "aws_security_group",
    "aws_subnet",
    "aws_vpc",
];

/// Reads `config.tf.json`. The account's number is not in it, so that it is a hole in each ARN, unless it is given.
pub fn from_config(config: &Value, account: Option<&str>) -> Result<Described, TerraformError> {
    Ok(root(config, account)?.described())
}

fn root(config: &Value, account: Option<&str>) -> Result<Root, TerraformError> {
    let resources =
        config.get("resource").and_then(Value::as_object).ok_or(TerraformError::Form("resource", "a root in JSON"))?;
    let fields = |name: &str| config.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    let mut root = Root {
        account: account.map_or_else(|| hole(ACCOUNT), str::to_owned),
        locals: fields("locals"),
        variables: fields("variable"),
        ..Root::default()
    };
    root.region = region(config).map_or_else(|| hole("provider.aws.region"), |region| root.text(&region));
    add(&mut root, "", resources);
    add(&mut root, "data.", &fields("data"));
    Ok(root)
}

fn region(config: &Value) -> Option<String> {
    let aws = config.pointer("/provider/aws")?;
    // Several providers are a list; the one without an alias is the one that counts.
    let plain = match aws {
        Value::Array(all) => all.iter().find(|one| one.get("alias").is_none())?,
        one => one,
    };
    plain.get("region")?.as_str().map(str::to_owned)
}

fn add(root: &mut Root, prefix: &str, kinds: &Map<String, Value>) {
    for (kind, named) in kinds {
        for (name, values) in named.as_object().into_iter().flatten() {
            let values = match values {
                Value::Array(one) => one.first().and_then(Value::as_object),
                one => one.as_object(),
            };
            let address = format!("{prefix}{kind}.{name}");
            let Some(values) = values else { continue };
            let several = values.contains_key("count") || values.contains_key("for_each");
            if several && (kind == "aws_route" || COUNTED.iter().any(|prefix| kind.starts_with(prefix))) {
                root.unknown.push(format!("how many there are of `{address}`: it is taken for one"));
            }
            root.resources.insert(address, values.clone());
        }
    }
}
