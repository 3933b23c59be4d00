//! What is sent, what is tried again, and what is said when it does not help.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use aws::{Account, ecs::Ecs, sts};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use hint::ErrorReport;
use tokio::net::TcpListener;

/// Answers in their order, and the headers of the requests that they were given to.
#[derive(Clone, Default)]
pub(super) struct Script {
    answers: Arc<Mutex<VecDeque<(u16, &'static str)>>>,
    seen: Arc<Mutex<Vec<HeaderMap>>>,
}

impl Script {
    /// The headers of the requests so far.
    pub(super) fn seen(&self) -> Vec<HeaderMap> {
        self.seen.lock().unwrap().clone()
    }
}

async fn answer(State(script): State<Script>, headers: HeaderMap, _body: Bytes) -> (StatusCode, &'static str) {
    script.seen.lock().unwrap().push(headers);
    let (status, body) = script.answers.lock().unwrap().pop_front().unwrap_or((500, "the script is over"));
    (StatusCode::from_u16(status).unwrap(), body)
}

pub(super) async fn play(answers: &[(u16, &'static str)]) -> (Account, Script) {
    let script = Script { answers: Arc::new(Mutex::new(answers.iter().copied().collect())), ..Script::default() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(answer).with_state(script.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (Account::played_at(&format!("http://{address}"), 3), script)
}

const CALLER: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/a</Arn>\
    <UserId>U</UserId><Account>000000000001</Account></GetCallerIdentityResult>\
    <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>";
const THROTTLED: &str = r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#;

#[tokio::test]
async fn a_call_is_signed_for_its_service_and_says_who_makes_it() {
    let (account, script) = play(&[(200, CALLER), (200, r#"{"services":[]}"#)]).await;
    assert_eq!(sts::caller(&account).await.unwrap().account, "000000000001");
    Ecs::new(&account).services("c", &["s".into()]).await.unwrap();
    let seen = script.seen.lock().unwrap();
    let header = |n: usize, name: &str| seen[n][name].to_str().unwrap().to_owned();
    assert!(header(0, "authorization").contains("/eu-central-1/sts/aws4_request"), "{}", header(0, "authorization"));
    assert!(header(1, "authorization").contains("/eu-central-1/ecs/aws4_request"));
    assert_eq!(header(1, "x-amz-target"), "AmazonEC2ContainerServiceV20141113.DescribeServices");
    assert!(header(1, "user-agent").contains("app/driftless"), "{}", header(1, "user-agent"));
}

#[tokio::test]
async fn throttling_and_server_errors_are_tried_again() {
    let (account, script) = play(&[(400, THROTTLED), (503, "<html>"), (200, r#"{"services":[]}"#)]).await;
    Ecs::new(&account).services("c", &["s".into()]).await.unwrap();
    assert_eq!(script.seen.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_refusal_is_final_and_names_service_call_and_remedy() {
    let denied = r#"{"__type":"AccessDeniedException","message":"User a may not."}"#;
    let (account, script) = play(&[(400, denied)]).await;
    let error = Ecs::new(&account).services("c", &["s".into()]).await.unwrap_err();
    assert!(!error.is_passing());
    assert_eq!(
        ErrorReport::of(&error.into()).to_string(),
        "asking ECS to `DescribeServices`: AccessDeniedException: User a may not\n\
         hint: allow the action to the role or user that `driftless doctor` names"
    );
    assert_eq!(script.seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_there_is_passing() {
    let account = Account::played_at("http://127.0.0.1:9", 2);
    let error = Ecs::new(&account).services("c", &["s".into()]).await.unwrap_err();
    assert!(error.is_passing(), "{error}");
    assert!(error.to_string().starts_with("asking ECS to `DescribeServices`: "), "{error}");
}
