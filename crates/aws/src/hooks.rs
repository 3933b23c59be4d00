//! What AWS answers, read as if it had been received. For tests: nothing else reaches these readers without a server.

use crate::{elbv2::TargetGroup, logs, query};

/// Reads an answer in XML: the target groups in it.
pub fn target_groups(answer: &[u8]) -> Option<Vec<TargetGroup>> {
    let groups: query::List<TargetGroup> = query::result("DescribeTargetGroups", answer).ok()?;
    Some(groups.member)
}

/// Reads an answer in JSON: the lines of a log in it.
pub fn log_events(answer: &[u8]) -> Option<Vec<logs::Event>> {
    let page: logs::Page = serde_json::from_slice(answer).ok()?;
    Some(page.events)
}
