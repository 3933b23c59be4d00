//! Runs the cases of `tests/cases/access`: each says what AWS decides and where AWS says so.

use std::{collections::BTreeSet, fs, path::Path};

use judge::access::{Outcome, Policies, Request, Verdict, evaluate};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    suites: Vec<Suite>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    title: String,
    url: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: String,
    policies: Policies,
    request: Request,
    expect: String,
    because: Option<String>,
}

impl Case {
    fn is_met_by(&self, verdict: &Verdict) -> bool {
        let outcome = match verdict.outcome {
            Outcome::Allowed => "allowed",
            Outcome::Denied => "denied",
            Outcome::CannotBeJudged => "cannot_be_judged",
        };
        let told =
            |words: &String| verdict.message.contains(words) || verdict.notes.iter().any(|note| note.contains(words));
        outcome == self.expect && self.because.as_ref().is_none_or(told)
    }
}

#[test]
fn decides_as_aws_documents_it() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/access");
    let mut paths: Vec<_> =
        fs::read_dir(directory).expect("the directory of cases").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let (mut count, mut wrong, mut names) = (0, Vec::new(), BTreeSet::new());
    for path in paths {
        let text = fs::read_to_string(&path).expect("a file of cases");
        let file: File = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        assert_eq!(file.schema, 1);
        for suite in file.suites {
            assert!(suite.url.starts_with("https://"), "{} has no source", suite.title);
            for case in suite.cases {
                count += 1;
                assert!(
                    names.insert((suite.title.clone(), case.says.clone())),
                    "two cases `{}` of `{}`",
                    case.says,
                    suite.title
                );
                let verdict = evaluate(&case.policies, &case.request);
                if !case.is_met_by(&verdict) {
                    wrong.push(format!(
                        "{}: {}\n  expected {}{}\n  found {verdict:?}",
                        suite.title,
                        case.says,
                        case.expect,
                        case.because.map(|words| format!(", {words}")).unwrap_or_default()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 200, "{count} cases");
}
