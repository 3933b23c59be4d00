//! The page that says hello, in the words of the API.

use std::{env, error::Error};

use axum::{Router, extract::State, http::StatusCode, response::Html, routing::get};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = env::var("PORT")?.parse()?;
    let api = env::var("API_URL")?;
    let router = Router::new().route("/", get(page)).route("/health", get(async || "healthy")).with_state(api);
    // A stop lets the requests in flight finish.
    let mut stop = signal(SignalKind::terminate())?;
    let stopped = async move {
        stop.recv().await;
    };
    let listener = TcpListener::bind(("0.0.0.0", port)).await?;
    axum::serve(listener, router).with_graceful_shutdown(stopped).await?;
    Ok(())
}

async fn page(State(api): State<String>) -> Result<Html<String>, StatusCode> {
    let said = ask(&api).await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    let said = said.replace('&', "&amp;").replace('<', "&lt;");
    Ok(Html(format!("<!doctype html><html lang=en><title>Hello</title><h1>The API says</h1><pre>{said}</pre>")))
}

async fn ask(api: &str) -> reqwest::Result<String> {
    reqwest::get(format!("{api}/api/hello")).await?.error_for_status()?.text().await
}
