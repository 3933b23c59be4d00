//! Resource Groups Tagging: what has a tag, whichever service it is of.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Account, Error, Service};

/// The service.
pub static SERVICE: Service = Service {
    name: "Resource Groups Tagging",
    id: "Resource Groups Tagging API",
    host: "tagging",
    signing: "tagging",
    api: "ResourceGroupsTaggingAPI_20170126",
};

/// The ARNs of what has all of `tags`, in the account's region. IAM's roles, which are of no region, are never among them.
pub async fn tagged(account: &Account, tags: &[(&str, &str)]) -> Result<Vec<String>, Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Page {
        #[serde(default)]
        resource_tag_mapping_list: Vec<Resource>,
        #[serde(default)]
        pagination_token: Option<String>,
    }
    #[derive(Deserialize)]
    struct Resource {
        #[serde(rename = "ResourceARN")]
        arn: String,
    }
    let filters: Vec<Value> = tags.iter().map(|(key, value)| json!({ "Key": key, "Values": [value] })).collect();
    let input = json!({ "TagFilters": filters, "ResourcesPerPage": 100, "PaginationToken": "" });
    let split = |page: Page| (page.resource_tag_mapping_list, page.pagination_token);
    let found = account.client(&SERVICE).pages("GetResources", input, "PaginationToken", split).await?;
    Ok(found.into_iter().map(|resource| resource.arn).collect())
}
