//! More requests than are served at once wait for their turn, and are refused when that takes too long, so that those that are
//! served are served in time.
//!
//! Refused at once, clients that do not heed `Retry-After` would come back at once, and the server would do little but refuse:
//! with ten times as many as it serves best, half of what it can do (`bench/overload/run`).

use std::{sync::Arc, time::Duration};

use axum::{extract::Request, middleware::Next, response::Response};
use tokio::{sync::Semaphore, time::timeout};

/// How many requests are served at once. A clone is the same limit.
#[derive(Clone, Debug)]
pub struct Limit {
    places: Arc<Semaphore>,
    patience: Duration,
}

impl Limit {
    /// At most `requests`; others wait for their turn as long as `patience`.
    pub fn new(requests: u16, patience: Duration) -> Self {
        Self { places: Arc::new(Semaphore::new(requests.into())), patience }
    }

    /// Has the request served when it is its turn; `busy` makes the answer if that takes too long. What tells whether the server
    /// lives stands outside of this layer.
    ///
    /// Use it with `axum::middleware::from_fn`: `from_fn(move |request, next| limit.clone().serve(request, next, busy))`.
    pub async fn serve<R: Into<Response>>(self, request: Request, next: Next, busy: fn() -> R) -> Response {
        match timeout(self.patience, self.places.acquire()).await {
            Ok(Ok(_until_it_is_answered)) => next.run(request).await,
            _ => busy().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, http::StatusCode, middleware::from_fn, response::IntoResponse, routing::get};
    use tokio::sync::Notify;
    use tower::ServiceExt;

    use super::*;

    fn busy() -> Response {
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    }

    #[tokio::test]
    async fn refuses_what_waits_too_long_for_its_turn_and_never_a_probe() {
        let (begun, go_on, limit) =
            (Arc::new(Notify::new()), Arc::new(Notify::new()), Limit::new(1, Duration::from_millis(20)));
        let slow = {
            let (begun, go_on) = (begun.clone(), go_on.clone());
            move || async move {
                begun.notify_one();
                go_on.notified().await;
            }
        };
        let app = Router::new()
            .route("/slow", get(slow))
            .route("/", get(|| async {}))
            .route_layer(from_fn(move |request, next| limit.clone().serve(request, next, busy)))
            .route("/health", get(|| async {}));
        let ask = |path| {
            let app = app.clone();
            async move { app.oneshot(Request::get(path).body(axum::body::Body::empty()).unwrap()).await.unwrap().status() }
        };
        let first = tokio::spawn(ask("/slow"));
        begun.notified().await;
        assert_eq!((ask("/").await.as_u16(), ask("/health").await.as_u16()), (503, 200));
        go_on.notify_one();
        assert_eq!((first.await.unwrap().as_u16(), ask("/").await.as_u16()), (200, 200));
    }
}
