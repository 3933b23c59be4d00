//! ECS, Elastic Load Balancing and CloudWatch Logs, as far as a rollout asks them: JSON 1.1 and the query protocol.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{
    clock::{Virtual, written},
    script::Script,
    world::{Deployment, Service, Task, World, digest},
};

#[derive(Clone)]
struct Server {
    played: Arc<Mutex<(World, Script)>>,
    clock: Virtual,
    address: String,
}

/// Starts the server; its address is the load balancer's, too.
pub(super) async fn start(script: Script, clock: Virtual) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let played = Arc::new(Mutex::new((World::default(), script)));
    let server = Server { played, clock, address: address.clone() };
    let router = Router::new().fallback(answer).with_state(server);
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

async fn answer(State(server): State<Server>, method: Method, headers: HeaderMap, body: Bytes) -> Response {
    let now = server.clock.seconds();
    let mut played = server.played.lock().unwrap();
    let (world, script) = &mut *played;
    script.play(world, now);
    if method == Method::GET {
        return StatusCode::from_u16(world.visitors_get).unwrap().into_response();
    }
    if let Some((status, code)) = world.fault {
        return refuse(status, code);
    }
    let Some(target) = headers.get("x-amz-target") else {
        return query(world, &server.address, &String::from_utf8_lossy(&body));
    };
    let operation = target.to_str().unwrap().rsplit('.').next().unwrap();
    let input: Value = serde_json::from_slice(&body).unwrap();
    if world.no_deployments && operation.contains("ServiceDeployment") {
        return refuse(400, "UnknownOperationException");
    }
    match operation {
        "StopServiceDeployment" => stop(world, script, &input, now),
        other => call(world, other, &input).to_string().into_response(),
    }
}

fn refuse(status: u16, code: &str) -> Response {
    let body = json!({ "__type": code, "message": "as the script says" }).to_string();
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

fn stop(world: &mut World, script: &mut Script, input: &Value, now: i64) -> Response {
    if let Some(code) = script.refuses_to_stop {
        return refuse(400, code);
    }
    let id = input["serviceDeploymentArn"].as_str().unwrap().to_owned();
    for (name, service) in &mut world.services {
        // What failed is nothing to go back to.
        let is_first = |deployment: &Deployment| deployment.from.is_none() && deployment.status == "STOPPED";
        let never_served = service.deployments.iter().any(is_first);
        for deployment in service.deployments.iter_mut().filter(|one| id == arn("service-deployment", name, one.id)) {
            let goes_back = deployment.from.is_some() && !never_served;
            assert!(goes_back && input["stopType"] == "ROLLBACK", "back to where? {input}");
            deployment.status = "ROLLBACK_REQUESTED";
        }
    }
    script.stopped(now);
    json!({ "serviceDeploymentArn": id }).to_string().into_response()
}

fn call(world: &World, operation: &str, input: &Value) -> Value {
    let strings =
        |name: &str| -> Vec<&str> { input[name].as_array().into_iter().flatten().filter_map(Value::as_str).collect() };
    let service = |name: &str| &world.services[input[name].as_str().unwrap()];
    match operation {
        "DescribeServices" => {
            let names = strings("services");
            let found = names.iter().filter_map(|&name| world.services.get_key_value(name));
            json!({ "services": found.map(|(name, service)| described(name, service)).collect::<Vec<_>>() })
        }
        "ListServiceDeployments" => {
            let name = input["service"].as_str().unwrap();
            let arn = |deployment: &Deployment| json!({ "serviceDeploymentArn": arn("service-deployment", name, deployment.id) });
            json!({ "serviceDeployments": service("service").deployments.iter().map(arn).collect::<Vec<_>>() })
        }
        "DescribeServiceDeployments" => {
            let wanted = strings("serviceDeploymentArns");
            let all = world.services.iter().flat_map(|(name, service)| {
                service.deployments.iter().map(move |deployment| deployed(name, deployment))
            });
            let asked = |deployment: &Value| wanted.contains(&deployment["serviceDeploymentArn"].as_str().unwrap());
            json!({ "serviceDeployments": all.filter(asked).collect::<Vec<_>>() })
        }
        "DescribeServiceRevisions" => {
            let revision = |arn: &str| {
                let (name, release) = named(arn);
                json!({ "serviceRevisionArn": arn, "taskDefinition": arn_of_definition(name, release) })
            };
            json!({ "serviceRevisions": strings("serviceRevisionArns").into_iter().map(revision).collect::<Vec<_>>() })
        }
        "DescribeTaskDefinition" => {
            let arn = input["taskDefinition"].as_str().unwrap();
            let (name, release) = named(arn);
            let options = json!({ "awslogs-group": format!("/ecs/{name}"), "awslogs-stream-prefix": "ecs" });
            json!({ "taskDefinition": { "taskDefinitionArn": arn, "family": name, "containerDefinitions": [{
                "name": name,
                "image": format!("registry/{name}@{}", digest(release)),
                "logConfiguration": { "logDriver": "awslogs", "options": options },
            }] } })
        }
        "ListTasks" => {
            let (name, wanted) = (input["serviceName"].as_str().unwrap(), &input["desiredStatus"]);
            let tasks = service("serviceName").tasks.iter().filter(|task| task.wanted == wanted);
            json!({ "taskArns": tasks.map(|task| arn("task", name, &task.id)).collect::<Vec<_>>() })
        }
        "DescribeTasks" => {
            let wanted = strings("tasks");
            let all = world
                .services
                .iter()
                .flat_map(|(name, service)| service.tasks.iter().map(move |task| tasked(name, task)));
            let asked = |task: &Value| wanted.contains(&task["taskArn"].as_str().unwrap());
            json!({ "tasks": all.filter(asked).collect::<Vec<_>>() })
        }
        "GetLogEvents" => {
            let stream = input["logStreamName"].as_str().unwrap();
            let (_, id) = stream.rsplit_once('/').unwrap();
            let lines = world.services.values().find_map(|service| service.logs.get(id)).into_iter().flatten();
            json!({ "events": lines.map(|line| json!({ "timestamp": 0, "message": line })).collect::<Vec<_>>() })
        }
        other => panic!("the script has no `{other}`"),
    }
}

fn arn(kind: &str, name: &str, id: &str) -> String {
    format!("arn:aws:ecs:eu-central-1:123456789012:{kind}/items-dev/{name}/{id}")
}

pub(super) fn arn_of_definition(name: &str, release: &str) -> String {
    arn("task-definition", name, release)
}

/// The last two parts of an ARN of this server: service, and id.
fn named(arn: &str) -> (&str, &str) {
    let (rest, id) = arn.rsplit_once('/').unwrap();
    (rest.rsplit_once('/').unwrap().1, id)
}

fn described(name: &str, service: &Service) -> Value {
    let events = service
        .events
        .iter()
        .rev()
        .map(|(second, message)| json!({ "id": message, "createdAt": written(*second), "message": message }));
    let running =
        |release: &str| service.tasks.iter().filter(|task| task.release == release && task.status == "RUNNING").count();
    let plain = service.plain.iter().enumerate().map(|(index, (release, state))| {
        json!({
            "id": format!("ecs-svc/{release}"), "status": if index == 0 { "PRIMARY" } else { "ACTIVE" },
            "taskDefinition": arn_of_definition(name, release), "rolloutState": state, "rolloutStateReason": "",
            "desiredCount": service.desired, "runningCount": running(release), "createdAt": written(0),
        })
    });
    json!({
        "serviceArn": arn("service", name, name), "serviceName": name, "status": "ACTIVE",
        "desiredCount": service.desired, "events": events.collect::<Vec<_>>(), "deployments": plain.collect::<Vec<_>>(),
        "loadBalancers": [{ "targetGroupArn": format!("targets/{name}"), "containerName": name, "containerPort": 8000 }],
    })
}

fn deployed(name: &str, deployment: &Deployment) -> Value {
    let revision = |release: &str| json!({ "arn": arn("service-revision", name, release) });
    json!({
        "serviceDeploymentArn": arn("service-deployment", name, deployment.id),
        "status": deployment.status, "statusReason": deployment.reason, "createdAt": written(deployment.begun),
        "targetServiceRevision": revision(deployment.release),
        "sourceServiceRevisions": deployment.from.map(revision).into_iter().collect::<Vec<_>>(),
        "alarms": { "status": "MONITORING", "triggeredAlarmNames": deployment.alarms },
    })
}

fn tasked(name: &str, task: &Task) -> Value {
    let pulled = matches!(task.status, "RUNNING" | "DEACTIVATING") || task.exit.is_some();
    json!({
        "taskArn": arn("task", name, &task.id), "taskDefinitionArn": arn_of_definition(name, task.release),
        "lastStatus": task.status, "desiredStatus": task.wanted, "createdAt": written(task.created),
        "stopCode": task.code, "stoppedReason": task.reason,
        // What AWS adds comes first, and is killed with the task.
        "containers": [{
            "name": "ecs-service-connect-1a2b", "image": "", "lastStatus": task.status, "exitCode": task.exit.map(|_| 137),
        }, {
            "name": name, "image": format!("registry/{name}@{}", digest(task.release)), "lastStatus": task.status,
            "imageDigest": pulled.then(|| digest(task.release)), "exitCode": task.exit, "reason": task.container_reason,
        }],
        "attachments": [{ "details": [{ "name": "privateIPv4Address", "value": task.address }] }],
    })
}

/// The query protocol.
fn query(world: &World, address: &str, form: &str) -> Response {
    let value = |name: &str| {
        url::form_urlencoded::parse(form.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    let action = value("Action").unwrap();
    let result = match action.as_str() {
        "DescribeTargetHealth" => {
            let group = value("TargetGroupArn").unwrap();
            let service = &world.services[group.rsplit_once('/').unwrap().1];
            let member = |(address, (state, reason)): (&String, &(&str, &str))| {
                format!(
                    "<member><Target><Id>{address}</Id><Port>8000</Port></Target><TargetHealth><State>{state}</State>\
                     <Description>{reason}</Description></TargetHealth></member>"
                )
            };
            let members: String = service.targets.iter().map(member).collect();
            format!("<TargetHealthDescriptions>{members}</TargetHealthDescriptions>")
        }
        "DescribeTargetGroups" => "<TargetGroups><member><TargetGroupArn>g</TargetGroupArn><LoadBalancerArns>\
             <member>balancer</member></LoadBalancerArns></member></TargetGroups>"
            .to_owned(),
        "DescribeLoadBalancers" => {
            format!("<LoadBalancers><member><DNSName>{address}</DNSName></member></LoadBalancers>")
        }
        other => panic!("the script has no `{other}`"),
    };
    format!("<{action}Response><{action}Result>{result}</{action}Result></{action}Response>").into_response()
}
