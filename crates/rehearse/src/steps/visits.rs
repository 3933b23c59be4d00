//! Visitors.

use std::time::Instant;

use crate::{
    http::Http,
    stage::{Found, Stage, paths},
};

impl Stage<'_> {
    /// Asks each rule of the load balancer.
    pub(super) async fn visits(&mut self, e: &str) -> anyhow::Result<bool> {
        let begin = Instant::now();
        let environment = self.stack.environment(e)?;
        let Some(door) = self.door(environment) else { return Ok(true) };
        let step = self.progress.step("visiting the services");
        let (http, mut answers) = (Http::new(), Vec::new());
        let mut found: Found = Ok(String::new());
        for path in paths(environment, |_| true) {
            match http.visit(&door, &path).await {
                Ok(answer) if !answer.status.is_server_error() => {
                    answers.push(format!("{path} {} ({} bytes)", answer.status.as_u16(), answer.body.len()));
                }
                Ok(answer) => found = Err(format!("{path} was answered with {}", answer.status)),
                Err(error) => found = Err(format!("{error:#}")),
            }
        }
        let found = found.map(|_| answers.join(", "));
        self.end("visitors: every route answers through the load balancer", None, begin.elapsed(), found, step);
        Ok(self.goes_on())
    }
}
