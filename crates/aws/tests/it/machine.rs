//! The calls to AWS, answered by moto, which takes them apart as AWS does.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
};

use aws::{
    Account, Error, autoscaling,
    ecr::Ecr,
    ecs::Ecs,
    elbv2::LoadBalancers,
    kms::{self, Kms},
    logs::{Filter, Logs},
    s3::Bucket,
    secretsmanager::Secrets,
    sts,
};
use serde_json::json;

use testing::found;

struct Moto(Child);

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts moto and waits until it answers.
async fn moto() -> Option<(Moto, Account)> {
    let program = found(&["moto_server"])?.remove(0);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new(program);
    command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
    let moto = Moto(command.spawn().unwrap());
    let account = Account::played_at(&format!("http://127.0.0.1:{port}"), 1);
    while sts::caller(&account).await.is_err_and(|error| error.is_passing()) {
        tokio::task::yield_now().await;
    }
    Some((moto, account))
}

#[tokio::test]
async fn every_service_answers_in_the_words_that_we_read() {
    let Some((_moto, account)) = moto().await else { return };
    assert_eq!(sts::caller(&account).await.unwrap().account, "123456789012");
    assert!(autoscaling::targets(&account, &["service/a/b".to_owned()]).await.unwrap().is_empty());
    buckets(&account).await.unwrap();
    registry(&account).await.unwrap();
    secrets(&account).await.unwrap();
    keys(&account).await.unwrap();
    logs(&account).await.unwrap();
    balancer(&account).await.unwrap();
    services(&account).await.unwrap();
}

async fn keys(account: &Account) -> Result<(), Error> {
    let kms = Kms::new(account);
    assert_eq!(kms.public_key("alias/items/signatures").await?, None);
    let input = json!({ "KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY" });
    let made: serde_json::Value = account.client(&kms::SERVICE).json("CreateKey", &input).await?;
    let arn = made["KeyMetadata"]["Arn"].as_str().unwrap();
    let key = kms.public_key(arn).await?.unwrap();
    // moto knows the key by its id.
    assert!(arn.ends_with(&key.arn) && key.der.len() == 91, "{key:?}");
    // A sequence of two numbers.
    assert_eq!(kms.sign(arn, &[7; 32]).await?[0], 0x30);
    Ok(())
}

async fn buckets(account: &Account) -> Result<(), Error> {
    let bucket = Bucket::new(account, "items-state", "123456789012");
    assert!(!bucket.exists().await?);
    bucket.create().await?;
    assert!(bucket.exists().await?);
    bucket
        .configure("versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
        .await?;
    assert!(bucket.configuration("versioning").await?.unwrap().contains("Enabled"));

    let key = "releases/dev one+two/1.json";
    assert_eq!(bucket.get(key).await?, None);
    assert!(bucket.put_new(key, b"first".to_vec()).await?);
    assert!(!bucket.put_new(key, b"second".to_vec()).await?, "a number is taken once");
    let object = bucket.get(key).await?.unwrap();
    assert_eq!(object.body, b"first");
    assert!(bucket.replace(key, b"third".to_vec(), &object.etag).await?);
    bucket.put("other", b"x".to_vec()).await?;
    let entries = bucket.list("releases/dev one+").await?;
    assert_eq!(entries.iter().map(|entry| (entry.key.as_str(), entry.size)).collect::<Vec<_>>(), [(key, 5)]);
    bucket.delete(key).await?;
    assert_eq!(bucket.get(key).await?, None);
    Ok(())
}

async fn registry(account: &Account) -> Result<(), Error> {
    let ecr = Ecr::new(account);
    let login = ecr.login().await?;
    assert_eq!(login.user, "AWS");
    assert!(login.endpoint.contains(".dkr.ecr.eu-central-1."), "{}", login.endpoint);
    assert!(ecr.repository("items/backend").await?.is_none());
    assert!(ecr.image("items/backend", &format!("sha256:{}", "0".repeat(64))).await?.is_none());
    Ok(())
}

async fn secrets(account: &Account) -> Result<(), Error> {
    let secrets = Secrets::new(account);
    assert!(secrets.describe("items/dev/backend/KEY").await?.is_none());
    let client = account.client(&aws::secretsmanager::SERVICE);
    let _: serde_json::Value = client.json("CreateSecret", &json!({ "Name": "items/dev/backend/KEY" })).await?;
    assert_eq!(secrets.describe("items/dev/backend/KEY").await?.unwrap().version(), None);
    let token = "0123456789abcdef0123456789abcdef";
    let version = secrets.put("items/dev/backend/KEY", "value", token).await?;
    assert_eq!(secrets.describe("items/dev/backend/KEY").await?.unwrap().version(), Some(version.as_str()));
    Ok(())
}

async fn logs(account: &Account) -> Result<(), Error> {
    let logs = Logs::new(account);
    let client = account.client(&aws::logs::SERVICE);
    let (group, stream) = ("/ecs/items/dev/backend", "ecs/backend/0123");
    assert!(logs.tail(group, stream, 20).await?.is_empty());
    let _: serde_json::Value = client.json("CreateLogGroup", &json!({ "logGroupName": group })).await?;
    let names = json!({ "logGroupName": group, "logStreamName": stream });
    let _: serde_json::Value = client.json("CreateLogStream", &names).await?;
    let now = jiff::Timestamp::now().as_millisecond();
    let events: Vec<_> = (0..5).map(|n| json!({ "timestamp": now + n, "message": format!("line {n}") })).collect();
    let input = json!({ "logGroupName": group, "logStreamName": stream, "logEvents": events });
    let _: serde_json::Value = client.json("PutLogEvents", &input).await?;
    let tail = logs.tail(group, stream, 2).await?;
    assert_eq!(tail.iter().map(|event| event.message.as_str()).collect::<Vec<_>>(), ["line 3", "line 4"]);
    let filter = Filter { log_group_name: group.into(), start_time: Some(now + 1), ..Filter::default() };
    let found = logs.filter(&filter).await?;
    assert_eq!((found.len(), found[0].log_stream_name.as_str()), (4, stream));
    Ok(())
}

async fn balancer(account: &Account) -> Result<(), Error> {
    let balancers = LoadBalancers::new(account);
    let error = balancers.targets("arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/none/0").await;
    assert_eq!(error.unwrap_err().code(), Some("TargetGroupNotFound"));
    Ok(())
}

async fn services(account: &Account) -> Result<(), Error> {
    let client = account.client(&aws::ecs::SERVICE);
    let ecs = Ecs::new(account);
    let _: serde_json::Value = client.json("CreateCluster", &json!({ "clusterName": "items-dev" })).await?;
    let options = json!({ "awslogs-group": "/ecs/items/dev/backend", "awslogs-stream-prefix": "ecs" });
    let definition = json!({
        "family": "items-dev-backend",
        "containerDefinitions": [{
            "name": "backend",
            "image": "registry/items/backend@sha256:00",
            "memory": 512,
            "logConfiguration": { "logDriver": "awslogs", "options": options },
        }],
    });
    let _: serde_json::Value = client.json("RegisterTaskDefinition", &definition).await?;
    let input = json!({
        "cluster": "items-dev", "serviceName": "backend", "taskDefinition": "items-dev-backend", "desiredCount": 1,
    });
    let _: serde_json::Value = client.json("CreateService", &input).await?;
    let found = ecs.services("items-dev", &["backend".into(), "none".into()]).await?;
    assert_eq!(found.iter().map(|service| service.service_name.as_str()).collect::<Vec<_>>(), ["backend"]);
    assert_eq!(found[0].deployments[0].status, "PRIMARY");
    let definition = ecs.task_definition(&found[0].task_definition).await?;
    let container = &definition.container_definitions[0];
    assert_eq!(container.digest(), Some("sha256:00"));
    assert_eq!(container.log("0123"), Some(("/ecs/items/dev/backend", "ecs/backend/0123".into())));
    assert!(ecs.tasks_of("items-dev", "backend", false).await?.is_empty());
    let error = ecs.services("other", &["backend".into()]).await.unwrap_err();
    assert_eq!(error.code(), Some("ClusterNotFoundException"));
    Ok(())
}
