//! OpenTofu or Terraform, and the versions of providers that the root is planned with.

use super::Finding;
use crate::{
    Site,
    terraform::{Configuration, Constraint, MINIMUM, Requirement, Selection, Terraform, work_directory},
};

pub(super) async fn look(site: &Site, configuration: Option<&Configuration>) -> Vec<Finding> {
    const CHECK: &str = "terraform";
    let tool = match site.terraform().await {
        Ok(tool) => tool,
        Err(error) => return vec![Finding::failed(CHECK, &error)],
    };
    let Some(configuration) = configuration else {
        return vec![Finding::fine(CHECK, format!("{} {} (at least {MINIMUM})", tool.name, tool.version))];
    };
    let mut findings = vec![version(&tool, configuration.required_version())];
    for needed in configuration.providers() {
        let found = work_directory(&site.backend(), &site.environment)
            .and_then(|work| Selection::of(&tool, configuration, &needed, &work));
        if Selection::is_of_another(&tool, configuration, &needed.source) {
            let says = format!(
                "the project's lock file chooses {} for the other program, not for {}",
                needed.source, tool.name
            );
            let remedy =
                format!("run `{} providers lock` beside the configuration, or remove the file", program(&tool));
            findings.push(Finding::warning("provider", says, remedy));
        }
        findings.push(found.map_or_else(
            |error| Finding::failed("provider", &error),
            |selection| Finding::fine("provider", words(&needed, selection)),
        ));
    }
    findings
}

fn program(tool: &Terraform) -> &'static str {
    if tool.is_tofu() { "tofu" } else { "terraform" }
}

fn version(tool: &Terraform, required: Option<&str>) -> Finding {
    const CHECK: &str = "terraform";
    let found = format!("{} {}", tool.name, tool.version);
    let Some(required) = required else { return Finding::fine(CHECK, format!("{found} (at least {MINIMUM})")) };
    match required.parse::<Constraint>() {
        Ok(constraint) if constraint.allows(tool.version) => Finding::fine(CHECK, format!("{found} (`{required}`)")),
        Ok(_) => Finding::error(
            CHECK,
            format!("{found} is not what the stack needs, `{required}`"),
            "install one that is, or name another with `--terraform PATH`",
        ),
        Err(error) => Finding::error(CHECK, format!("{error:#}"), "repair `terraform.required_version` in infra.nix"),
    }
}

fn words(Requirement { source, version: wanted }: &Requirement, selection: Selection) -> String {
    let wanted = if wanted.is_empty() { "any".to_owned() } else { format!("`{wanted}`") };
    match selection {
        Selection::Project(version) => format!("{source} {version} ({wanted}), by the project's lock file"),
        Selection::Before(version) => format!("{source} {version} ({wanted}), as before"),
        Selection::Open { found, instead } => {
            let before = instead.map(|version| format!(" instead of {version}")).unwrap_or_default();
            match found {
                Some(version) => format!("{source} {version} ({wanted}) will be installed{before}, from this machine"),
                None => format!("the newest {source} that is {wanted} will be installed{before}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_what_init_will_do() {
        let needed = Requirement { source: "hashicorp/aws".into(), version: ">= 6.4, < 7".into() };
        let (old, new) = ("5.100.0".parse().unwrap(), "6.4.0".parse().unwrap());
        let said = [
            Selection::Project(new),
            Selection::Before(new),
            Selection::Open { found: Some(new), instead: Some(old) },
            Selection::Open { found: None, instead: Some(old) },
            Selection::Open { found: None, instead: None },
        ];
        insta::assert_snapshot!(said.map(|selection| words(&needed, selection)).join("\n"), @r"
        hashicorp/aws 6.4.0 (`>= 6.4, < 7`), by the project's lock file
        hashicorp/aws 6.4.0 (`>= 6.4, < 7`), as before
        hashicorp/aws 6.4.0 (`>= 6.4, < 7`) will be installed instead of 5.100.0, from this machine
        the newest hashicorp/aws that is `>= 6.4, < 7` will be installed instead of 5.100.0
        the newest hashicorp/aws that is `>= 6.4, < 7` will be installed
        ");
    }
}
