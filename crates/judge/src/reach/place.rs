//! Names of places in questions: `internet`, `backend:8000`, `database`, `ecr.api`, `10.0.0.0/16`.

use ipnet::Ipv4Net;

use super::network::Network;

/// A place in a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Internet,
    CloudFront,
    Addresses(Ipv4Net),
    Service(String),
    Database(String),
    FileSystem(String),
    LoadBalancer(String),
    /// A service of AWS, in the network's region or another.
    Aws {
        service: String,
        region: Option<String>,
    },
    /// A name on the internet.
    Host(String),
}

/// A name that means nothing in a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no place; there are {known}")]
pub struct PlaceError {
    /// The name.
    pub name: String,
    /// What there is.
    pub known: String,
}

/// Services of AWS that tasks ask, by the names of their endpoints.
const SERVICES: &[&str] = &[
    "autoscaling",
    "dynamodb",
    "ec2",
    "ec2messages",
    "ecr.api",
    "ecr.dkr",
    "ecs",
    "elasticfilesystem",
    "email-smtp",
    "events",
    "kinesis-streams",
    "kms",
    "lambda",
    "logs",
    "monitoring",
    "rds",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "sns",
    "sqs",
    "ssm",
    "ssmmessages",
    "states",
    "sts",
    "xray",
];

/// Names for all things of a kind, of which there may be none.
const KINDS: &[&str] = &["cache", "database", "files", "load-balancer", "loadbalancer", "storage"];

/// Places and ports that a name stands for: all of them are meant.
pub(crate) fn read(network: &Network, text: &str) -> Result<Vec<(Place, Option<u16>)>, PlaceError> {
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) => match port.parse() {
            Ok(port) => (name, Some(port)),
            Err(_) => (text, None),
        },
        None => (text, None),
    };
    let places = named(network, name);
    if places.is_empty() && !KINDS.contains(&name) {
        return Err(PlaceError { name: name.to_owned(), known: known(network) });
    }
    Ok(places.into_iter().map(|place| (place, port)).collect())
}

fn named(network: &Network, name: &str) -> Vec<Place> {
    let plain = match name {
        "internet" => Some(Place::Internet),
        "cloudfront" => Some(Place::CloudFront),
        _ => name.parse().map(Place::Addresses).ok(),
    };
    if let Some(place) = plain {
        return vec![place];
    }
    let found = own(network, |key| key == name || key.rsplit('.').next() == Some(name));
    if !found.is_empty() {
        return found;
    }
    match name {
        "database" => databases(network, false),
        "cache" => databases(network, true),
        "files" | "storage" => every(&network.file_systems, Place::FileSystem),
        "loadbalancer" | "load-balancer" => every(&network.load_balancers, Place::LoadBalancer),
        // A pull asks both, and takes the layers from S3.
        "ecr" => ["ecr.api", "ecr.dkr", "s3"].map(aws).to_vec(),
        _ => {
            let (service, region) = match name.split_once('@') {
                Some((service, region)) => (service, Some(region.to_owned())),
                None => (name, None),
            };
            if SERVICES.contains(&service) {
                return vec![Place::Aws { service: service.to_owned(), region }];
            }
            let host = name.contains('.') && !name.contains(['/', '_']);
            host.then(|| Place::Host(name.to_owned())).into_iter().collect()
        }
    }
}

fn own(network: &Network, is: impl Fn(&str) -> bool) -> Vec<Place> {
    fn pick<T>(
        all: &super::network::Named<T>,
        is: &impl Fn(&str) -> bool,
        place: impl Fn(String) -> Place,
    ) -> Option<Place> {
        all.keys().find(|key| is(key)).cloned().map(place)
    }
    pick(&network.services, &is, Place::Service)
        .or_else(|| pick(&network.databases, &is, Place::Database))
        .or_else(|| pick(&network.file_systems, &is, Place::FileSystem))
        .or_else(|| pick(&network.load_balancers, &is, Place::LoadBalancer))
        .into_iter()
        .collect()
}

fn every<T>(all: &super::network::Named<T>, place: impl Fn(String) -> Place) -> Vec<Place> {
    all.keys().cloned().map(place).collect()
}

fn databases(network: &Network, caches: bool) -> Vec<Place> {
    let found = network.databases.iter().filter(|(_, database)| database.cache == caches);
    found.map(|(name, _)| Place::Database(name.clone())).collect()
}

fn aws(service: &str) -> Place {
    Place::Aws { service: service.to_owned(), region: None }
}

fn known(network: &Network) -> String {
    let mut names = vec!["internet", "cloudfront"];
    names.extend(network.services.keys().map(String::as_str));
    names.extend(network.databases.keys().map(String::as_str));
    names.extend(network.file_systems.keys().map(String::as_str));
    names.extend(network.load_balancers.keys().map(String::as_str));
    format!("{}, networks and services of AWS", names.join(", "))
}

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Internet => out.write_str("internet"),
            Self::CloudFront => out.write_str("cloudfront"),
            Self::Addresses(network) => write!(out, "{network}"),
            Self::Service(name)
            | Self::Database(name)
            | Self::FileSystem(name)
            | Self::LoadBalancer(name)
            | Self::Host(name) => out.write_str(name),
            Self::Aws { service, region } => match region {
                Some(region) => write!(out, "{service}@{region}"),
                None => out.write_str(service),
            },
        }
    }
}
