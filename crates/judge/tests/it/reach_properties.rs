//! What holds whatever the network: a rule or a way out less never opens a way.

use judge::reach::{Answer, Network, Verdict, reach};
use proptest::prelude::*;
use serde_json::{Value, json};

fn pick(values: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(values).prop_map(str::to_owned)
}

fn peer() -> impl Strategy<Value = Value> {
    prop_oneof![
        pick(&["0.0.0.0/0", "10.0.0.0/16", "10.0.1.0/24", "10.0.1.0/25", "198.51.100.0/24"])
            .prop_map(|cidr| json!({"cidr": cidr})),
        pick(&["web", "api", "lb", "⟦var.group⟧"]).prop_map(|group| json!({"group": group})),
        pick(&["com.amazonaws.eu-central-1.s3", "pl-1"]).prop_map(|list| json!({"prefix_list": list})),
        Just(json!({"unknown": "var.peer"})),
    ]
}

fn ports() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!(null),
        json!([443, 443]),
        json!([8000, 8000]),
        json!([1024, 65535]),
        json!([32768, 50000]),
    ])
}

fn named(strategy: impl Strategy<Value = Value>, most: usize) -> impl Strategy<Value = Value> {
    prop::collection::vec(strategy, 0..most).prop_map(|all| {
        let fields = all.into_iter().enumerate().map(|(index, value)| (index.to_string(), value));
        Value::Object(fields.collect())
    })
}

fn group() -> impl Strategy<Value = Value> {
    let rule = || (peer(), ports()).prop_map(|(peer, ports)| json!({"peer": peer, "ports": ports}));
    (named(rule(), 4), named(rule(), 4)).prop_map(|(ingress, egress)| json!({"ingress": ingress, "egress": egress}))
}

fn acl() -> impl Strategy<Value = Value> {
    let rule = (1..5_u16, any::<bool>(), ports(), pick(&["0.0.0.0/0", "10.0.0.0/16", "10.0.1.0/25"]), 0..4_u8)
        .prop_map(|(number, egress, ports, cidr, deny)| {
            json!({"number": number, "egress": egress, "ports": ports, "cidr": cidr, "allow": deny > 0})
        });
    named(rule, 6).prop_map(|rules| json!({"rules": rules}))
}

fn network() -> impl Strategy<Value = Value> {
    // One route out: a narrower one that leads nowhere would open a way by going.
    let table = || {
        pick(&["internet_gateway", "nat_gateway", "other", "none"]).prop_map(|via| match via.as_str() {
            "none" => json!({"routes": {}}),
            _ => json!({"routes": {"out": {"to": {"cidr": "0.0.0.0/0"}, "via": {via: "gateway"}}}}),
        })
    };
    let networks = (table(), table(), prop::option::of(acl()), prop::option::of(acl()), any::<[bool; 3]>());
    (group(), group(), group(), networks).prop_map(
        |(web, api, balancer, (one, two, first, second, [public, facing, endpoint]))| {
            let lists = [("0", &first), ("1", &second)].map(|(name, acl)| acl.as_ref().map(|_| name));
            let mut network = json!({
                "schema": 1,
                "region": "eu-central-1",
                "vpcs": {"main": {"cidrs": ["10.0.0.0/16"]}},
                "subnets": {
                    "a": {"vpc": "main", "cidr": "10.0.0.0/24", "route_table": "0", "network_acl": lists[0]},
                    "b": {"vpc": "main", "cidr": "10.0.1.0/24", "route_table": "1", "network_acl": lists[1]}
                },
                "route_tables": {"0": one, "1": two},
                "internet_gateways": {"gateway": {"vpc": "main"}},
                "nat_gateways": {"gateway": {"subnet": "a"}},
                "network_acls": {},
                "security_groups": {"web": web, "api": api, "lb": balancer},
                "services": {
                    "web": {"subnets": ["a"], "security_groups": ["web"], "public_ip": public},
                    "api": {
                        "subnets": ["a", "b"], "security_groups": ["api"], "ports": [8000],
                        "target_groups": {"api": 8000}
                    }
                },
                "load_balancers": {"lb": {
                    "internet_facing": facing, "subnets": ["a", "b"], "security_groups": ["lb"],
                    "listeners": {"http": {"port": 443, "target_groups": ["api"]}}
                }}
            });
            for (name, acl) in [("0", first), ("1", second)] {
                if let Some(acl) = acl {
                    network["network_acls"][name] = acl;
                }
            }
            if endpoint {
                network["gateway_endpoints"] = json!({"s3": {"service": "s3", "route_tables": ["0", "1"]}});
            }
            network
        },
    )
}

/// Networks with one rule, or one route out, less.
fn less(network: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    let mut without = |path: &[&str]| {
        let pointer = format!("/{}", path.join("/"));
        let names: Vec<_> = match network.pointer(&pointer) {
            Some(Value::Object(fields)) => fields.keys().cloned().collect(),
            _ => Vec::new(),
        };
        for name in names {
            if network.pointer(&format!("{pointer}/{name}/allow")) == Some(&json!(false)) {
                continue;
            }
            let mut copy = network.clone();
            let fields = copy.pointer_mut(&pointer).and_then(Value::as_object_mut);
            fields.expect("it was there").remove(&name);
            found.push(copy);
        }
    };
    for group in ["web", "api", "lb"] {
        without(&["security_groups", group, "ingress"]);
        without(&["security_groups", group, "egress"]);
    }
    for name in ["0", "1"] {
        without(&["route_tables", name, "routes"]);
        without(&["network_acls", name, "rules"]);
    }
    without(&["load_balancers", "lb", "listeners"]);
    found
}

fn verdict(network: &Value, (from, to): (&str, &str)) -> Verdict {
    let network: Network = serde_json::from_value(network.clone()).expect("a network");
    reach(&network, from, to).expect("places")
}

/// Whether taking something away opened more. What cannot be judged may hide what is open in part, and that may be left.
fn opened(before: Answer, after: Answer) -> bool {
    match before {
        Answer::CannotBeJudged => after == Answer::Yes,
        before => after > before,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn taking_a_rule_away_never_opens_a_way(
        network in network(),
        question in prop::sample::select(vec![
            ("internet", "api:8000"), ("internet", "web:8000"), ("web", "api:8000"), ("web", "internet"), ("api", "s3"),
            ("api", "internet"), ("198.51.100.0/24", "api:8000"), ("api", "web:443"),
        ]),
    ) {
        let before = verdict(&network, question);
        for network in less(&network) {
            let after = verdict(&network, question);
            for (way, other) in after.ways.iter().flat_map(|way| before.ways.iter().map(move |other| (way, other))) {
                let is_same = (&way.from, &way.to) == (&other.from, &other.to);
                prop_assert!(!is_same || !opened(other.answer, way.answer), "{other:?} became {way:?}");
            }
            let (before, after) = (before.answer, after.answer);
            prop_assert!(!opened(before, after), "{before:?} became {after:?}");
        }
    }
}
