//! Where the local engine agrees with the rendered Terraform, and where it differs: the table in docs/local.md.
//!
//! Each test asks the router and the root the same thing.

use std::{fs, path::PathBuf, time::Duration};

use engine::router::{ListenerRule, Settings};
use model::stack::Stack;
use serde_json::Value;

use crate::router::support::{DEADLINE, OK, Routed, answering, body, check, echoing, field};

fn nix(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../nix").join(path)
}

fn root(path: &str) -> Value {
    let text = fs::read_to_string(nix(path).join("config.tf.json")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["resource"].take()
}

fn stack(path: &str) -> Stack {
    Stack::read(&nix(path).join("stack.json")).unwrap()
}

/// The only container of a service, or the one that is named like it.
fn container(root: &Value, service: &str) -> Value {
    let text = root["aws_ecs_task_definition"][service]["container_definitions"].as_str().unwrap();
    let containers: Vec<Value> = serde_json::from_str(text).unwrap();
    containers.into_iter().find(|container| container["name"] == service).unwrap()
}

/// Whether a pattern of a rule fits, as AWS documents it.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => (0..=text.len()).any(|at| text.is_char_boundary(at) && fits(&pattern[1..], &text[at..])),
        Some('?') => !text.is_empty() && fits(&pattern[1..], &text[1..]),
        Some(letter) => text.starts_with(letter) && fits(&pattern[letter.len_utf8()..], &text[letter.len_utf8()..]),
    }
}

/// The service that the listener of a root sends a request to.
fn receiver(root: &Value, host: &str, path: &str) -> Option<String> {
    let mut rules: Vec<_> = root["aws_lb_listener_rule"].as_object().unwrap().values().collect();
    rules.sort_by_key(|rule| rule["priority"].as_u64());
    let meets = |condition: &Value| {
        let any = |kind: &str, text: &str| {
            let values = condition[kind]["values"].as_array();
            values.is_none_or(|values| values.iter().any(|pattern| fits(pattern.as_str().unwrap(), text)))
        };
        any("path_pattern", path) && any("host_header", host)
    };
    let rule = rules.into_iter().find(|rule| rule["condition"].as_array().unwrap().iter().all(meets))?;
    let group = rule["action"][0]["target_group_arn"].as_str().unwrap();
    group.split('.').nth(1).map(str::to_owned)
}

/// A router with the rules of a stack, whose services answer with their names.
async fn routed(stack: &Stack) -> Routed {
    let routed = Routed::empty(Settings::of_load_balancer()).await;
    let mut rules = Vec::new();
    for (name, service) in &stack.services {
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{name}", name.len());
        let target = answering(answer.leak().as_bytes()).await;
        routed.router.add_group(name);
        routed.router.register(name, name, target, check());
        routed.router.wait_healthy(name, name, DEADLINE).await.unwrap();
        rules.extend(service.rules.iter().map(|rule| ListenerRule {
            priority: rule.priority,
            paths: rule.paths.clone(),
            hosts: rule.hosts.clone(),
            group: name.clone(),
        }));
    }
    routed.router.set_rules(rules).unwrap();
    routed
}

#[tokio::test]
async fn paths_go_to_the_same_service() {
    let (stack, root) = (stack("rendered"), root("rendered/dev"));
    let routed = routed(&stack).await;
    for path in
        ["/", "/api", "/api/", "/api/items", "/apis", "/API", "/docs", "/docs/x", "/health", "/openapi.json", "/x"]
    {
        let expected = receiver(&root, "shop.example", path).unwrap();
        let answer = routed.ask(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).await;
        assert_eq!(body(&answer), expected, "{path}");
    }
}

#[tokio::test]
async fn hosts_go_to_the_same_service_and_this_machines_names_to_all() {
    let (stack, root) = (stack("golden/stacks/varied"), root("golden/stacks/varied/small"));
    let routed = routed(&stack).await;
    let ask = async |host: &str| {
        let answer = routed.ask(&format!("GET /cart HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await;
        (answer.split(' ').nth(1).unwrap().to_owned(), body(&answer).to_owned())
    };
    for host in ["www.example.com", "WWW.example.com:8080"] {
        assert_eq!(ask(host).await, ("200".to_owned(), "web".to_owned()), "{host}");
    }
    assert_eq!(receiver(&root, "www.example.com", "/cart").as_deref(), Some("web"));
    for host in ["localhost:8080", "127.0.0.1", "[::1]:8080", "shop.localhost"] {
        assert_eq!(ask(host).await, ("200".to_owned(), "web".to_owned()), "{host}");
    }
    assert_eq!(receiver(&root, "elsewhere.example", "/cart"), None);
    assert_eq!(ask("elsewhere.example").await.0, "421");
}

#[tokio::test]
async fn a_page_of_another_site_whose_name_leads_here_gets_nothing() {
    let stack = stack("rendered");
    let routed = routed(&stack).await;
    for request in [
        "POST /api/items HTTP/1.1\r\nHost: evil.example:18085\r\nOrigin: http://evil.example:18085\r\n\
         Sec-Fetch-Site: same-origin\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost.evil.example\r\nConnection: close\r\n\r\n",
    ] {
        let answer = routed.ask(request).await;
        assert!(answer.starts_with("HTTP/1.1 421 "), "{request}: {answer}");
    }
}

#[tokio::test]
async fn header_names_with_other_characters_are_dropped() {
    let settings = Settings::of_load_balancer();
    for environment in ["dev", "prod"] {
        let balancer = &root(&format!("rendered/{environment}"))["aws_lb"]["main"];
        assert_eq!(balancer["drop_invalid_header_fields"], settings.drop_invalid_header_fields);
    }
    let request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX_Api_Key: 1\r\nX-Api-Key: 1\r\n\r\n";
    let answer = Routed::with(settings, &[echoing().await]).await.ask(request).await;
    assert_eq!((field(body(&answer), "x_api_key"), field(body(&answer), "x-api-key")), (None, Some("1")));
}

#[test]
fn a_silent_connection_ends_after_the_same_time() {
    let balancer = &root("rendered/dev")["aws_lb"]["main"];
    let idle = Settings::of_load_balancer().idle_timeout;
    assert_eq!(balancer["idle_timeout"].as_u64().map(Duration::from_secs), Some(idle));
}

#[test]
fn requests_between_services_have_no_limit() {
    let connect = &root("rendered/dev")["aws_ecs_service"]["backend"]["service_connect_configuration"]["service"][0];
    assert_eq!(connect["timeout"]["per_request_timeout_seconds"], 0);
    // As long as anybody waits.
    assert!(Settings::of_service_connect().idle_timeout >= Duration::from_hours(24));
}

#[tokio::test]
async fn a_worker_is_asked_for_its_health_here_alone() {
    let (stack, root) = (stack("golden/stacks/extras"), root("golden/stacks/extras/postgresql"));
    let worker = &stack.services["worker"];
    assert!(worker.rules.is_empty());
    assert_eq!(root["aws_lb_target_group"].get("worker"), None);
    assert_eq!(container(&root, "worker").get("healthCheck"), None);
    // The router has a group for it, as for every service, and waits until it answers.
    let routed = Routed::empty(Settings::of_load_balancer()).await;
    routed.router.add_group("worker");
    routed.router.register("worker", "0", answering(OK).await, check());
    routed.router.wait_healthy("worker", "0", DEADLINE).await.unwrap();
}

#[test]
fn a_database_is_sqlite_here_whatever_the_environment_has() {
    let here = &stack("golden/stacks/extras").services["api"];
    assert!(here.environment["DATABASE_URL"].starts_with("sqlite:///"));
    let container = container(&root("golden/stacks/extras/postgresql"), "api");
    let variables = container["environment"].as_array().unwrap();
    let url = variables.iter().find(|variable| variable["name"] == "DATABASE_URL").unwrap();
    assert!(url["value"].as_str().unwrap().starts_with("postgresql://"));
}
