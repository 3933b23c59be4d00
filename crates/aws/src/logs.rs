//! CloudWatch Logs: what tasks wrote.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Account, Client, Error, Service};

/// The service.
pub static SERVICE: Service =
    Service { name: "CloudWatch Logs", id: "CloudWatch Logs", host: "logs", signing: "logs", api: "Logs_20140328" };

/// The logs of an account in a region.
#[derive(Clone, Debug)]
pub struct Logs(Client);

/// A line of a log.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Milliseconds since 1970, by the writer's clock.
    pub timestamp: i64,
    /// The line.
    pub message: String,
    /// Stream; `prefix/container/task id` for tasks. Not given where one stream was asked for.
    #[serde(default)]
    pub log_stream_name: String,
    /// Names the event among those of its group. Not given where one stream was asked for.
    #[serde(default)]
    pub event_id: String,
}

/// Which lines of a log group to read.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Filter {
    /// The group.
    pub log_group_name: String,
    /// Only streams whose name starts so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_stream_name_prefix: Option<String>,
    /// Only lines that match this pattern of CloudWatch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_pattern: Option<String>,
    /// Only lines from this moment on, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    #[serde(default)]
    pub(super) events: Vec<Event>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Groups {
    #[serde(default)]
    log_groups: Vec<Group>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    log_group_name: String,
}

impl Logs {
    /// The logs of `account`.
    pub fn new(account: &Account) -> Self {
        Self(account.client(&SERVICE))
    }

    /// Whether there is the group `name`.
    pub async fn has_group(&self, name: &str) -> Result<bool, Error> {
        // Groups come in the order of their names: one that is there is the first of those that begin with it.
        let input = json!({ "logGroupNamePrefix": name });
        let page: Groups = self.0.json("DescribeLogGroups", &input).await?;
        Ok(page.log_groups.iter().any(|group| group.log_group_name == name))
    }

    /// The names of the groups that begin with `prefix`, in their order.
    pub async fn groups(&self, prefix: &str) -> Result<Vec<String>, Error> {
        let split = |page: Groups| (page.log_groups, page.next_token);
        let input = json!({ "logGroupNamePrefix": prefix });
        let groups = self.0.pages("DescribeLogGroups", input, "nextToken", split).await?;
        Ok(groups.into_iter().map(|group| group.log_group_name).collect())
    }

    /// The last `count` lines of a stream; none if there is no such stream.
    pub async fn tail(&self, group: &str, stream: &str, count: usize) -> Result<Vec<Event>, Error> {
        let input = json!({ "logGroupName": group, "logStreamName": stream, "limit": count, "startFromHead": false });
        let page: Result<Page, _> = self.0.json("GetLogEvents", &input).await;
        match page {
            Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(Vec::new()),
            other => Ok(other?.events),
        }
    }

    /// The lines that `filter` names, oldest first as far as CloudWatch has them in order.
    pub async fn filter(&self, filter: &Filter) -> Result<Vec<Event>, Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Input<'a> {
            #[serde(flatten)]
            filter: &'a Filter,
            #[serde(skip_serializing_if = "Option::is_none")]
            next_token: Option<String>,
        }
        let (mut events, mut next_token) = (Vec::new(), None);
        loop {
            let page: Page = self.0.json("FilterLogEvents", &Input { filter, next_token }).await?;
            events.extend(page.events);
            next_token = page.next_token;
            if next_token.is_none() {
                return Ok(events);
            }
        }
    }
}
