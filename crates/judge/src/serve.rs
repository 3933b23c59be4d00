//! Questions from other programs: a line of JSON for each, and a line of JSON back.
//!
//! | `ask` | further fields | answer |
//! |---|---|---|
//! | `version` | | `schema`: the version of this protocol and of descriptions, 1 |
//! | `policies` | `name`, `policies` | `kept`: the name, under which further questions may use them |
//! | `access` | `policies`: those that have a say, or a name that was kept; `request` | `outcome`, `message`, `deciding`, `notes` |
//! | `network` | `name`, `network` | `kept`: the name, under which further questions may use it |
//! | `reach` | `network`: a description or a name that was kept; `from`, `to` | `answer`, `message`, `ways` |
//! | `assert` | `network`, `never`, `must`: lists of `from -> to` | `findings`, each with `held`, `message`, `verdict` |
//!
//! The answer has the `id` of its question, if that has one. A question that cannot be read is answered by an `error`, and the next
//! one is read.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, Write},
};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    access::{Policies, Request, evaluate},
    assertion::{Assertion, Kind},
    reach::{Network, reach},
};

/// What questions have left for later ones.
#[derive(Debug, Default)]
pub struct Session {
    networks: BTreeMap<String, Network>,
    policies: BTreeMap<String, Policies>,
}

/// Answers each line until there are no more.
pub fn serve(questions: impl BufRead, mut answers: impl Write) -> io::Result<()> {
    let mut session = Session::default();
    for line in questions.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str(&line) {
            Ok(question) => session.answer(&question),
            Err(error) => json!({"error": format!("reading a question: {error}")}),
        };
        serde_json::to_writer(&mut answers, &answer)?;
        answers.write_all(b"\n")?;
        answers.flush()?;
    }
    Ok(())
}

impl Session {
    /// The answer to one question.
    pub fn answer(&mut self, question: &Value) -> Value {
        let mut answer = self.ask(question).unwrap_or_else(|error| json!({"error": error}));
        if let (Some(id), Value::Object(fields)) = (question.get("id"), &mut answer) {
            fields.insert("id".to_owned(), id.clone());
        }
        answer
    }

    fn ask(&mut self, question: &Value) -> Result<Value, String> {
        let text = |name: &str| match question.get(name) {
            Some(Value::String(text)) => Ok(text.as_str()),
            _ => Err(format!("the question has no `{name}`")),
        };
        match text("ask")? {
            "version" => Ok(json!({"schema": 1})),
            "access" => {
                let request: Request = read(question, "request")?;
                let verdict = match question.get("policies") {
                    Some(Value::String(name)) => {
                        let kept = self.policies.get(name).ok_or_else(|| format!("no policies `{name}` were kept"))?;
                        evaluate(kept, &request)
                    }
                    _ => evaluate(&read(question, "policies")?, &request),
                };
                Ok(json!(verdict))
            }
            "policies" => {
                let name = text("name")?;
                self.policies.insert(name.to_owned(), read(question, "policies")?);
                Ok(json!({"kept": name}))
            }
            "network" => {
                let name = text("name")?;
                self.networks.insert(name.to_owned(), network(question)?);
                Ok(json!({"kept": name}))
            }
            "reach" => {
                let verdict = self.with(question, |network| {
                    reach(network, text("from")?, text("to")?).map_err(|error| error.to_string())
                })?;
                Ok(json!(verdict))
            }
            "assert" => {
                let mut findings = Vec::new();
                for (kind, name) in [(Kind::Never, "never"), (Kind::Must, "must")] {
                    if question.get(name).is_none() {
                        continue;
                    }
                    for written in read::<Vec<String>>(question, name)? {
                        let assertion = Assertion::parse(kind, &written).map_err(|error| error.to_string())?;
                        let judged =
                            self.with(question, |network| assertion.judge(network).map_err(|error| error.to_string()));
                        findings.push(judged?);
                    }
                }
                Ok(json!({"findings": findings}))
            }
            other => Err(format!("`{other}` is nothing that can be asked")),
        }
    }

    /// Does something with the network of a question.
    fn with<T>(&self, question: &Value, ask: impl FnOnce(&Network) -> Result<T, String>) -> Result<T, String> {
        match question.get("network") {
            Some(Value::String(name)) => {
                ask(self.networks.get(name).ok_or_else(|| format!("no network `{name}` was kept"))?)
            }
            _ => ask(&network(question)?),
        }
    }
}

fn network(question: &Value) -> Result<Network, String> {
    let network: Network = read(question, "network")?;
    match network.schema {
        1 => Ok(network),
        other => Err(format!("the network's `schema` is {other}, this is for 1")),
    }
}

fn read<T: DeserializeOwned>(question: &Value, name: &str) -> Result<T, String> {
    let value = question.get(name).ok_or_else(|| format!("the question has no `{name}`"))?;
    T::deserialize(value).map_err(|error| format!("reading `{name}`: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(questions: &str) -> Vec<Value> {
        let mut out = Vec::new();
        serve(questions.as_bytes(), &mut out).expect("memory can be written");
        let out = String::from_utf8(out).expect("UTF-8");
        out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    #[test]
    fn answers_each_line_and_goes_on_after_mistakes() {
        let found = answers(
            r#"{"ask": "version", "id": 1}
not JSON

{"ask": "tea", "id": "two"}
{"ask": "access", "policies": {}}
{"ask": "access", "id": 3, "policies": {}, "request": {"caller": "anonymous", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resource_account": "111122223333"}}
"#,
        );
        assert_eq!(found.len(), 5);
        assert_eq!(found[0], json!({"schema": 1, "id": 1}));
        assert!(found[1]["error"].as_str().is_some_and(|error| error.starts_with("reading a question: ")));
        assert_eq!(found[2], json!({"error": "`tea` is nothing that can be asked", "id": "two"}));
        assert_eq!(found[3], json!({"error": "the question has no `request`"}));
        assert_eq!(found[4]["outcome"], "denied");
        assert_eq!(found[4]["id"], 3);
    }

    #[test]
    fn keeps_policies_for_later_questions() {
        let found = answers(
            r#"{"ask": "policies", "name": "p", "policies": {"identity": {"own": {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}}}
{"ask": "access", "policies": "p", "request": {"caller": "arn:aws:iam::111122223333:user/ann", "action": "s3:GetObject", "resource": "*"}}
{"ask": "access", "policies": "q", "request": {"caller": "anonymous", "action": "s3:GetObject"}}
"#,
        );
        assert_eq!(found[0], json!({"kept": "p"}));
        assert_eq!(found[1]["outcome"], "allowed");
        assert_eq!(found[2], json!({"error": "no policies `q` were kept"}));
    }

    #[test]
    fn keeps_a_network_for_later_questions() {
        let found = answers(
            r#"{"ask": "reach", "network": "n", "from": "internet", "to": "database"}
{"ask": "network", "name": "n", "network": {"schema": 1}}
{"ask": "reach", "network": "n", "from": "internet", "to": "database"}
{"ask": "assert", "network": "n", "never": ["internet -> database"], "must": ["internet -> database"]}
{"ask": "network", "name": "n", "network": {"schema": 2}}
"#,
        );
        assert_eq!(found[0], json!({"error": "no network `n` was kept"}));
        assert_eq!(found[1], json!({"kept": "n"}));
        assert_eq!(found[2]["answer"], "no");
        let held: Vec<_> =
            found[3]["findings"].as_array().expect("a list").iter().map(|one| one["held"].clone()).collect();
        assert_eq!(held, ["yes", "no"]);
        assert_eq!(found[4], json!({"error": "the network's `schema` is 2, this is for 1"}));
    }
}
