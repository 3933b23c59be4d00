#![allow(clippy::unwrap_used)]

use super::*;

fn rule(priority: u32, paths: &[&str], group: &str) -> ListenerRule {
    let paths = paths.iter().map(ToString::to_string).collect();
    ListenerRule { priority, paths, hosts: Vec::new(), group: group.to_owned() }
}

fn table(rules: Vec<ListenerRule>) -> Result<RuleTable, RuleError> {
    let groups = ["backend", "frontend"].map(|name| (name.to_owned(), Arc::new(Group::new(name))));
    RuleTable::new(rules, &groups.into())
}

fn refused(rules: Vec<ListenerRule>) -> RuleError {
    table(rules).err().unwrap()
}

#[test]
fn the_lowest_priority_that_matches_wins_whatever_the_order_of_the_list() {
    let table = table(vec![rule(200, &["/*"], "frontend"), rule(100, &["/api", "/api/*"], "backend")]);
    let table = table.unwrap();
    assert_eq!(table.find(None, "/api").unwrap().name(), "backend");
    assert_eq!(table.find(None, "/api/items").unwrap().name(), "backend");
    assert_eq!(table.find(None, "/apis").unwrap().name(), "frontend");
}

#[test]
fn a_path_that_no_rule_matches_has_no_group() {
    let table = table(vec![rule(1, &["/api"], "backend")]).unwrap();
    assert!(table.find(None, "/").is_none());
}

#[test]
fn refuses_a_duplicate_priority() {
    let rules = vec![rule(7, &["/a"], "backend"), rule(7, &["/b"], "frontend")];
    assert_eq!(refused(rules), RuleError::DuplicatePriority { priority: 7 });
}

#[test]
fn refuses_a_priority_out_of_range() {
    for priority in [0, 50_001] {
        assert_eq!(refused(vec![rule(priority, &["/a"], "backend")]), RuleError::Priority { priority });
    }
}

#[test]
fn refuses_no_values_and_more_than_five() {
    assert_eq!(refused(vec![rule(1, &[], "backend")]), RuleError::Values { priority: 1, count: 0 });
    let six = ["/a", "/b", "/c", "/d", "/e", "/f"];
    assert_eq!(refused(vec![rule(1, &six, "backend")]), RuleError::Values { priority: 1, count: 6 });
}

#[test]
fn refuses_more_than_five_wildcards_in_a_rule() {
    let paths = ["/a/*", "/b/*/?", "/c/??*"];
    assert_eq!(refused(vec![rule(1, &paths, "backend")]), RuleError::Wildcards { priority: 1, count: 6 });
}

#[test]
fn refuses_a_bad_pattern_and_says_which() {
    let error = refused(vec![rule(3, &["/a b"], "backend")]);
    assert_eq!(error.to_string(), "rule 3, pattern `/a b`");
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "the character ` ` is not allowed in a pattern");
}

#[test]
fn refuses_an_unknown_group() {
    let group = "web".to_owned();
    assert_eq!(refused(vec![rule(3, &["/"], "web")]), RuleError::UnknownGroup { priority: 3, group });
}
