//! The order in which AWS evaluates policies.
//!
//! IAM user guide, "How AWS enforcement code logic evaluates requests to allow or deny access", "Policy evaluation for requests
//! within a single account", "Cross-account policy evaluation logic".

use super::{
    caller::Caller,
    document::Effect,
    keys,
    policies::{Layer, Policies, ResourcePolicy},
    principal::Meant,
    request::{Asked, Request},
    scan::{self, Said, merge},
    statement::Whom,
    verdict::Verdict,
    wording,
};
use crate::known::Known;

/// Judges a request. One that is about several resources is allowed if it is for each of them.
pub fn evaluate(policies: &Policies, request: &Request) -> Verdict {
    let all = if keys::knows_no_resource(&request.action) || request.resource.0.is_empty() {
        vec!["*".to_owned()]
    } else {
        request.resource.0.clone()
    };
    if request.action.eq_ignore_ascii_case("sts:GetCallerIdentity") && request.caller.account().is_some() {
        return wording::needs_no_permission(request);
    }
    let mut worst: Option<Verdict> = None;
    for resource in &all {
        let verdict = Judged::new(policies, &Asked { request, resource }).verdict();
        if worst.as_ref().is_none_or(|worst| verdict.outcome < worst.outcome) {
            worst = Some(verdict);
        }
    }
    worst.expect("there is at least one resource")
}

/// What each kind of policy says about one request.
pub(super) struct Judged<'a> {
    pub(super) asked: &'a Asked<'a>,
    pub(super) own: Layer,
    /// Statements that deny.
    denied: Said,
    /// Kinds of which each has to allow, whatever else does.
    ceilings: Vec<(Layer, Said)>,
    /// The resource's policy: the caller itself, its role, its account.
    directly: Said,
    role: Said,
    account: Said,
    identity: Said,
    boundary: Said,
    session: Said,
    cross: bool,
    /// Whether identity-based policies count only where the resource's policy lets the account decide.
    delegated: bool,
}

impl<'a> Judged<'a> {
    fn new(policies: &Policies, asked: &'a Asked<'a>) -> Self {
        let request = asked.request;
        let caller = &request.caller;
        let delegated = needs_delegation(asked);
        let own = if is_trust(&request.action) { Layer::Trust } else { Layer::Resource };
        let allow = |layer, named: Option<&_>| match named {
            Some(named) => scan::policies(layer, named, Effect::Allow, &Whom::Nobody, asked),
            None => Said::of(Known::Yes),
        };
        let resource = |meant: &[Meant]| match &policies.resource {
            ResourcePolicy::None if is_open_file_system(asked) => Said::by_default(),
            ResourcePolicy::None if !delegated => Said::no(),
            ResourcePolicy::None | ResourcePolicy::Unknown => {
                Said::of(Known::Unknown(format!("the policy of {} is not known", asked.resource)))
            }
            ResourcePolicy::Is(policy) => scan::document(own, None, policy, Effect::Allow, &Whom::Caller(meant), asked),
        };
        Self {
            own,
            denied: denied(policies, own, asked),
            ceilings: ceilings(policies, asked),
            directly: resource(&[Meant::Directly]),
            role: resource(&[Meant::Role]),
            account: resource(&[Meant::Account]),
            identity: match caller {
                Caller::Root { .. } => Said::by_default(),
                _ => allow(Layer::Identity, Some(&policies.identity)),
            },
            boundary: allow(Layer::Boundary, policies.boundary.as_ref()),
            session: allow(Layer::Session, policies.session.as_ref()),
            cross: caller.account().is_some() && caller.account() != asked.resource_account(),
            delegated,
            asked,
        }
    }

    fn verdict(&self) -> Verdict {
        if self.denied.is_yes() {
            return wording::denied_explicitly(self, &self.denied);
        }
        let granted = self.granted();
        let missing = self.ceilings.iter().map(|(layer, said)| (*layer, said)).chain(granted).collect::<Vec<_>>();
        if let Some((layer, said)) = missing.iter().find(|(_, said)| said.is_no()) {
            return wording::denied_implicitly(self, *layer, said);
        }
        let unknown = [&self.denied]
            .into_iter()
            .chain(missing.iter().map(|(_, said)| *said))
            .filter_map(|said| match &said.known {
                Known::Unknown(why) => Some(why.clone()),
                _ => None,
            })
            .collect::<Vec<_>>();
        if unknown.is_empty() {
            wording::allowed(self, missing.iter().filter_map(|(_, said)| said.by.clone()))
        } else {
            wording::not_judged(self, unknown)
        }
    }

    /// What has to allow beside the ceilings: the first of these that says no is what AWS's message names.
    fn granted(&self) -> Vec<(Layer, &Said)> {
        if self.asked.request.caller.account().is_none() {
            return vec![(self.own, &self.directly)];
        }
        if self.cross {
            return vec![
                (self.own, best([&self.directly, &self.role, &self.account])),
                (Layer::Identity, &self.identity),
                (Layer::Boundary, &self.boundary),
                (Layer::Session, &self.session),
            ];
        }
        // What is granted to a user or a session itself is not limited by what their other policies do not mention.
        if self.directly.is_yes() {
            return vec![(self.own, &self.directly)];
        }
        let mut needed = Vec::new();
        if self.role.is_yes() {
            needed.push((self.own, &self.role));
        } else if self.delegated && self.account.is_no() {
            needed.push((self.own, best([&self.directly, &self.role, &self.account])));
        } else {
            if self.delegated {
                needed.push((self.own, best([&self.account, &self.directly, &self.role])));
            }
            needed.push((Layer::Identity, best([&self.identity, &self.role])));
        }
        needed.extend([(Layer::Boundary, &self.boundary), (Layer::Session, &self.session)]);
        if let Known::Unknown(_) = self.directly.known {
            let denied = needed.iter().any(|(_, said)| !said.is_yes());
            if denied {
                return vec![(self.own, &self.directly)];
            }
        }
        needed
    }

    pub(super) fn request(&self) -> &Request {
        self.asked.request
    }
}

/// The one that is nearest to a yes.
fn best<const N: usize>(all: [&Said; N]) -> &Said {
    let unknown = all.iter().find(|said| matches!(said.known, Known::Unknown(_)));
    let with_reason = all.iter().find(|said| !said.near.is_empty());
    all.iter().find(|said| said.is_yes()).or(unknown).or(with_reason).copied().unwrap_or(all[0])
}

/// Denials of all kinds of policies.
fn denied(policies: &Policies, own: Layer, asked: &Asked<'_>) -> Said {
    let linked = asked.request.caller.is_service_linked();
    let scan = |layer, named: &_, whom: Whom<'_>| scan::policies(layer, named, Effect::Deny, &whom, asked);
    let anyone = || Whom::AnyWay { bounded: policies.boundary.is_some() };
    let mut found = Vec::new();
    if !linked {
        for level in &policies.resource_control {
            found.push(scan(Layer::ResourceControl, level, anyone()));
        }
        if asked.request.caller.account().is_some() {
            for level in &policies.service_control {
                found.push(scan(Layer::ServiceControl, level, Whom::Nobody));
            }
        }
    }
    if let Some(endpoint) = &policies.endpoint {
        found.push(scan(Layer::Endpoint, endpoint, anyone()));
    }
    match &policies.resource {
        ResourcePolicy::None => {}
        ResourcePolicy::Unknown => {
            let why = format!("the policy of {} is not known", asked.resource);
            found.push(Said::of(Known::Unknown(why)));
        }
        ResourcePolicy::Is(policy) => {
            found.push(scan::document(own, None, policy, Effect::Deny, &anyone(), asked));
        }
    }
    found.push(scan(Layer::Identity, &policies.identity, Whom::Nobody));
    for (layer, named) in [(Layer::Boundary, &policies.boundary), (Layer::Session, &policies.session)] {
        if let Some(named) = named {
            found.push(scan(layer, named, Whom::Nobody));
        }
    }
    merge(found)
}

/// Policies of the organization and of the way: none of them grants, each has to allow.
fn ceilings(policies: &Policies, asked: &Asked<'_>) -> Vec<(Layer, Said)> {
    let caller = &asked.request.caller;
    let anyone = Whom::AnyWay { bounded: false };
    let mut found = Vec::new();
    if !caller.is_service_linked() {
        for level in &policies.resource_control {
            let said = scan::policies(Layer::ResourceControl, level, Effect::Allow, &anyone, asked);
            found.push((Layer::ResourceControl, said));
        }
        if caller.account().is_some() {
            for level in &policies.service_control {
                let said = scan::policies(Layer::ServiceControl, level, Effect::Allow, &Whom::Nobody, asked);
                found.push((Layer::ServiceControl, said));
            }
        }
    }
    if let Some(endpoint) = &policies.endpoint {
        let said = scan::policies(Layer::Endpoint, endpoint, Effect::Allow, &anyone, asked);
        found.push((Layer::Endpoint, said));
    }
    found
}

fn is_trust(action: &str) -> bool {
    [
        "sts:assumerole",
        "sts:assumerolewithwebidentity",
        "sts:assumerolewithsaml",
        "sts:tagsession",
        "sts:setsourceidentity",
    ]
    .contains(&action.to_ascii_lowercase().as_str())
}

/// Keys and roles: their own policy decides whether the account's policies count at all (KMS developer guide, "Key policies"; IAM
/// user guide, "How IAM roles differ from resource-based policies").
fn needs_delegation(asked: &Asked<'_>) -> bool {
    let action = asked.request.action.to_ascii_lowercase();
    is_trust(&action) || (action.starts_with("kms:") && asked.resource != "*" && asked.resource.contains(":key/"))
}

/// A file system without a policy lets every client in that reaches a mount target (EFS user guide, "Using IAM to control file
/// system data access").
fn is_open_file_system(asked: &Asked<'_>) -> bool {
    asked.request.action.to_ascii_lowercase().starts_with("elasticfilesystem:client")
}
