//! Says hello in JSON.

use std::{env, error::Error};

use axum::{Json, Router, routing::get};
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = env::var("PORT")?.parse()?;
    let router = Router::new().route("/api/hello", get(hello)).route("/health", get(async || "healthy"));
    // A stop lets the requests in flight finish.
    let mut stop = signal(SignalKind::terminate())?;
    let stopped = async move {
        stop.recv().await;
    };
    let listener = TcpListener::bind(("0.0.0.0", port)).await?;
    axum::serve(listener, router).with_graceful_shutdown(stopped).await?;
    Ok(())
}

async fn hello() -> Json<Value> {
    Json(json!({ "greeting": "hello" }))
}
