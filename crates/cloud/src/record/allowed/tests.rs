use std::fs;

use super::*;

const RENDERED: &str = include_str!("../../../../../nix/rendered/dev/config.tf.json");

fn strays_of(document: &Value, root: &Value) -> Vec<String> {
    let own = Own { environment: "dev", region: "us-east-1", root };
    strays(&serde_json::to_vec(document).unwrap(), &own).unwrap()
}

fn rendered() -> Value {
    serde_json::from_str(RENDERED).unwrap()
}

/// The document with `value` at `path`, and all that is on the way to it.
fn with(mut document: Value, path: &str, value: Value) -> Value {
    let mut place = &mut document;
    for name in path.split('/') {
        place = &mut place[name];
    }
    *place = value;
    document
}

#[test]
fn what_is_rendered_needs_nothing_else() {
    let workspace = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let stacks = fs::read_dir(format!("{workspace}/nix/golden/stacks")).unwrap();
    let mut places: Vec<_> = stacks.map(|entry| entry.unwrap().path()).collect();
    places.push(format!("{workspace}/nix/rendered").into());
    let mut read = 0;
    for place in places {
        let stack = model::stack::Stack::read(&place.join("stack.json")).unwrap();
        for (environment, about) in &stack.environments {
            let Ok(text) = fs::read(place.join(environment).join("config.tf.json")) else { continue };
            let own = Own { environment, region: &about.region, root: &Value::Null };
            assert_eq!(strays(&text, &own).unwrap(), [""; 0], "{}: {environment}", place.display());
            read += 1;
        }
    }
    assert!(read > 10, "{read}");
}

#[test]
fn what_runs_programs_or_reads_files_is_named() {
    let plain = Value::Null;
    for (path, value, found) in [
        ("provider/aws/shared_config_files", json!(["/tmp/evil"]), "provider.aws.shared_config_files"),
        ("provider/aws/profile", json!("evil"), "provider.aws.profile"),
        ("provider/aws/endpoints", json!({ "s3": "http://a" }), "provider.aws.endpoints"),
        ("provider/aws/assume_role", json!({ "role_arn": "a" }), "provider.aws.assume_role"),
        ("provider/aws/region", json!("eu-west-1"), "provider.aws.region"),
        ("provider/aws", json!("text"), "provider.aws"),
        (
            "provider/aws",
            json!([{ "region": "us-east-1" }, { "alias": "x", "profile": "a" }]),
            "provider.aws[1].profile",
        ),
        ("provider/aws", json!([{ "region": "eu-west-1", "alias": "us_east_1" }]), "provider.aws[0].region"),
        ("provider/external", json!({}), "provider.external"),
        ("provider", json!([{ "aws": { "profile": "a" } }]), "provider"),
        ("terraform/required_providers/aws/source", json!("evil/aws"), "terraform.required_providers.aws"),
        (
            "terraform/required_providers/external",
            json!({ "source": "hashicorp/external" }),
            "terraform.required_providers.external",
        ),
        ("terraform/required_providers/aws", json!(">= 5"), "terraform.required_providers.aws"),
        ("terraform/backend", json!({ "local": { "path": "/tmp/x" } }), "terraform.backend"),
        ("terraform/backend/s3/key", json!("prod.tfstate"), "terraform.backend"),
        ("terraform/backend/s3/endpoints", json!({ "s3": "http://a" }), "terraform.backend"),
        ("terraform/encryption", json!({ "key_provider": { "external": {} } }), "terraform.encryption"),
        ("terraform", json!([{}]), "terraform"),
        ("data/external", json!({ "a": { "program": ["sh"] } }), "data.external"),
        ("data/aws_lambda_invocation", json!({ "a": {} }), "data.aws_lambda_invocation"),
        ("data/aws_route53_zone", json!({ "a": { "provider": "external" } }), "data.aws_route53_zone.a.provider"),
        ("module", json!({ "a": { "source": "git::https://a" } }), "module"),
        ("removed", json!({ "provisioner": { "local-exec": {} } }), "removed"),
        ("action", json!({}), "action"),
        (
            "resource/terraform_data",
            json!({ "a": { "provisioner": [{ "local-exec": {} }] } }),
            "resource.terraform_data.a.provisioner",
        ),
        ("resource/aws_vpc", json!({ "a": { "connection": {} } }), "resource.aws_vpc.a.connection"),
        ("resource/aws_vpc", json!({ "a": [{ "provisioner": {} }] }), "resource.aws_vpc.a"),
        ("resource/aws_vpc", json!([{ "a": { "provisioner": {} } }]), "resource.aws_vpc"),
        ("resource/aws_vpc", json!({ "a": { "provider": "null.b" } }), "resource.aws_vpc.a.provider"),
        ("resource/null_resource", json!({ "a": {} }), "resource.null_resource"),
        ("resource/aws_s3_object", json!({ "a": { "source": "/root/.ssh/id" } }), "resource.aws_s3_object.a.source"),
        (
            "resource/aws_lambda_function",
            json!({ "a": { "filename": "/root/.ssh/id" } }),
            "resource.aws_lambda_function.a.filename",
        ),
        ("output/a", json!({ "value": "${file(\"/root/.ssh/id\")}" }), "output.a.value: `file(…)`"),
        ("locals/a", json!({ "${pathexpand(\"~\")}": 1 }), "locals.a.${pathexpand(\"~\")}: `pathexpand(…)`"),
    ] {
        let document = with(rendered(), path, value);
        assert_eq!(strays_of(&document, &plain), [found], "{path}");
        assert_eq!(strays_of(&document, &rendered()), [found], "{path}: the own root does not have it either");
        assert_eq!(strays_of(&document, &document), [""; 0], "{path}: the own root has the same");
    }
}

#[test]
fn what_the_own_root_uses_a_record_may_use_otherwise() {
    let random = json!({ "source": "hashicorp/random", "version": "3.0.0" });
    let own = with(rendered(), "terraform/required_providers/random", random);
    let own = with(own, "data/aws_ami", json!({ "a": {} }));
    let newer = json!({ "source": "hashicorp/random", "version": "3.1.0" });
    let document = with(rendered(), "terraform/required_providers/random", newer);
    let document = with(document, "resource/random_password", json!({ "b": { "length": 1 } }));
    let document = with(document, "data/aws_ami", json!({ "b": {} }));
    let document = with(document, "provider/aws/default_tags/tags/more", json!("x"));
    let document = with(document, "terraform/required_version", json!(">= 1.11"));
    assert_eq!(strays_of(&document, &own), [""; 0]);
    let elsewhere = json!({ "source": "example.com/evil/random" });
    let document = with(document, "terraform/required_providers/random", elsewhere);
    let found = ["resource.random_password", "terraform.required_providers.random"];
    assert_eq!(strays_of(&document, &own), found);
}

#[test]
fn what_is_there_twice_is_no_configuration() {
    let own = Own { environment: "dev", region: "us-east-1", root: &Value::Null };
    let text = RENDERED.replacen('{', "{ \"provider\": { \"aws\": { \"profile\": \"evil\" } },", 1);
    assert!(strays(text.as_bytes(), &own).unwrap_err().to_string().contains("`provider` is there twice"));
    assert!(strays(b"not JSON", &own).is_err());
    assert_eq!(strays(b"{}", &own).unwrap(), [""; 0]);
    assert_eq!(strays(b"[]", &own).unwrap(), ["all of it"]);
}
