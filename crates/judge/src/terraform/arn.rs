//! ARNs that AWS will give: put together from the names in the configuration, with holes for what AWS makes up.

use super::root::Root;
use crate::hole;

impl Root {
    /// The ARN of a resource, or a part of one that follows from it.
    pub(super) fn known_arn(&self, address: &str, attribute: &str) -> Option<String> {
        if attribute == "master_user_secret[0].secret_arn" {
            let kind = match address.split('.').next()? {
                "aws_db_instance" => "db",
                "aws_rds_cluster" => "cluster",
                _ => return None,
            };
            let id = hole(&format!("{address}.resource_id"));
            return Some(self.arn_in("secretsmanager", &format!("secret:rds!{kind}-{id}")));
        }
        // The id of a bucket and of a role is its name.
        if attribute == "id" {
            let name = match address.split('.').next()? {
                "aws_s3_bucket" => "bucket",
                "aws_iam_role" => "name",
                _ => return None,
            };
            return self.get(address)?.text(name);
        }
        (attribute == "arn").then(|| self.arn(address))?
    }

    /// The ARN of a resource of the root.
    pub(super) fn arn(&self, address: &str) -> Option<String> {
        let values = self.get(address)?;
        if let Some(known) = values.text("arn") {
            return Some(known);
        }
        let made_up =
            |attribute: &str| values.text(attribute).unwrap_or_else(|| hole(&format!("{address}.{attribute}")));
        let account = &self.account;
        Some(match address.split('.').next()? {
            "aws_cloudwatch_log_group" => self.arn_in("logs", &format!("log-group:{}", made_up("name"))),
            "aws_db_instance" => self.arn_in("rds", &format!("db:{}", made_up("identifier"))),
            "aws_ecr_repository" => self.arn_in("ecr", &format!("repository/{}", made_up("name"))),
            "aws_ecs_cluster" => self.arn_in("ecs", &format!("cluster/{}", made_up("name"))),
            "aws_ecs_service" => {
                let cluster = values.refer("cluster").and_then(|cluster| self.get(&cluster)?.text("name"));
                let cluster = cluster.unwrap_or_else(|| hole(&format!("{address}.cluster")));
                self.arn_in("ecs", &format!("service/{cluster}/{}", made_up("name")))
            }
            "aws_efs_access_point" => self.arn_in("elasticfilesystem", &format!("access-point/{}", made_up("id"))),
            "aws_efs_file_system" => self.arn_in("elasticfilesystem", &format!("file-system/{}", made_up("id"))),
            "aws_iam_openid_connect_provider" => {
                let url = made_up("url");
                let host = url.strip_prefix("https://").unwrap_or(&url);
                format!("arn:aws:iam::{account}:oidc-provider/{host}")
            }
            "aws_iam_role" => {
                let path = values.text("path").unwrap_or_else(|| "/".to_owned());
                format!("arn:aws:iam::{account}:role{path}{}", made_up("name"))
            }
            "aws_kms_key" => self.arn_in("kms", &format!("key/{}", made_up("key_id"))),
            "aws_s3_bucket" => format!("arn:aws:s3:::{}", made_up("bucket")),
            "aws_secretsmanager_secret" => {
                let suffix = hole(&format!("{address}.suffix"));
                self.arn_in("secretsmanager", &format!("secret:{}-{suffix}", made_up("name")))
            }
            "aws_sns_topic" => self.arn_in("sns", &made_up("name")),
            _ => return None,
        })
    }

    fn arn_in(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.account)
    }
}
