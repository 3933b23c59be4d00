//! Listener rules: which target group gets a request.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    group::Group,
    pattern::{PathPattern, PatternError},
};

/// AWS: "Quotas for your Application Load Balancers", condition values and wildcards per rule.
const MAX_VALUES: usize = 5;
const MAX_WILDCARDS: usize = 5;

/// A rule of the listener: requests whose path matches one of `paths`, for one of `hosts`, are forwarded to `group`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerRule {
    /// Rules are tried in ascending order; 1 to 50000, each number once.
    pub priority: u32,
    /// One to five path patterns.
    pub paths: Vec<String>,
    /// Patterns of host names; none is every host.
    pub hosts: Vec<String>,
    /// The target group.
    pub group: String,
}

/// Why a set of rules is refused, as AWS would refuse it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)] // the fields repeat the messages
pub enum RuleError {
    #[error("two rules have the priority {priority}")]
    DuplicatePriority { priority: u32 },
    #[error("priorities are 1 to 50000, not {priority}")]
    Priority { priority: u32 },
    #[error("rule {priority} has {count} patterns of paths and hosts: split it into rules of 1 to 5")]
    Values { priority: u32, count: usize },
    #[error("rule {priority} has {count} wildcards: split it into rules of at most 5")]
    Wildcards { priority: u32, count: usize },
    #[error("rule {priority}, pattern `{pattern}`")]
    Pattern { priority: u32, pattern: String, source: PatternError },
    #[error("rule {priority} forwards to the target group `{group}`, which does not exist")]
    UnknownGroup { priority: u32, group: String },
}

/// Rules ready to be applied, in order of priority.
#[derive(Default)]
pub(super) struct RuleTable {
    rules: Vec<Compiled>,
}

struct Compiled {
    priority: u32,
    paths: Vec<PathPattern>,
    /// In lower case.
    hosts: Vec<PathPattern>,
    group: Arc<Group>,
}

impl RuleTable {
    pub(super) fn new(rules: Vec<ListenerRule>, groups: &BTreeMap<String, Arc<Group>>) -> Result<Self, RuleError> {
        let mut rules = rules.into_iter().map(|rule| compile(rule, groups)).collect::<Result<Vec<_>, _>>()?;
        rules.sort_by_key(|rule| rule.priority);
        if let Some(pair) = rules.windows(2).find(|pair| pair[0].priority == pair[1].priority) {
            return Err(RuleError::DuplicatePriority { priority: pair[0].priority });
        }
        Ok(Self { rules })
    }

    /// The group of the first rule that matches `path`, and `host` in lower case, if it counts.
    pub(super) fn find(&self, host: Option<&str>, path: &str) -> Option<&Arc<Group>> {
        let fits = |rule: &&Compiled| rule.paths.iter().any(|pattern| pattern.matches(path)) && rule.is_for(host);
        self.rules.iter().find(fits).map(|rule| &rule.group)
    }

    /// Whether a rule names `host`.
    pub(super) fn knows(&self, host: &str) -> bool {
        self.rules.iter().any(|rule| rule.is_for(Some(host)))
    }
}

impl Compiled {
    fn is_for(&self, host: Option<&str>) -> bool {
        host.is_none_or(|host| self.hosts.iter().any(|pattern| pattern.matches(host)))
    }
}

fn compile(rule: ListenerRule, groups: &BTreeMap<String, Arc<Group>>) -> Result<Compiled, RuleError> {
    let ListenerRule { priority, paths, hosts, group } = rule;
    if !(1..=50_000).contains(&priority) {
        return Err(RuleError::Priority { priority });
    }
    let count = paths.len() + hosts.len();
    if paths.is_empty() || count > MAX_VALUES {
        return Err(RuleError::Values { priority, count });
    }
    let compiled =
        |pattern: String| PathPattern::new(&pattern).map_err(|source| RuleError::Pattern { priority, pattern, source });
    let paths = paths.into_iter().map(compiled).collect::<Result<Vec<_>, _>>()?;
    let hosts = hosts.into_iter().map(|host| compiled(host.to_ascii_lowercase())).collect::<Result<Vec<_>, _>>()?;
    let count = paths.iter().chain(&hosts).map(PathPattern::wildcards).sum();
    if count > MAX_WILDCARDS {
        return Err(RuleError::Wildcards { priority, count });
    }
    let group = groups.get(&group).cloned().ok_or(RuleError::UnknownGroup { priority, group })?;
    Ok(Compiled { priority, paths, hosts, group })
}

#[cfg(test)]
mod tests;
