//! Databases, caches and file systems.

use crate::{
    reach::{Database, FileSystem, MountTarget, Network},
    terraform::root::{Attributes, Root},
};

pub(super) fn add(root: &Root, network: &mut Network) {
    for kind in ["aws_db_instance", "aws_rds_cluster"] {
        for (address, database) in root.of(kind) {
            let described = Database {
                port: database.number("port").unwrap_or_else(|| port_of(&database)),
                subnets: subnets(root, database.refer_to("db_subnet_group_name", "aws_db_subnet_group")),
                security_groups: database.refer_all("vpc_security_group_ids"),
                public: database.truth("publicly_accessible", false) || has_public_instance(root, address),
                cache: false,
            };
            network.databases.insert(address.to_owned(), described);
        }
    }
    for kind in ["aws_elasticache_replication_group", "aws_elasticache_cluster"] {
        for (address, cache) in root.of(kind) {
            let described = Database {
                port: cache.number("port").unwrap_or(6379),
                subnets: subnets(root, cache.refer_to("subnet_group_name", "aws_elasticache_subnet_group")),
                security_groups: cache.refer_all("security_group_ids"),
                public: false,
                cache: true,
            };
            network.databases.insert(address.to_owned(), described);
        }
    }
    for (address, _) in root.of("aws_efs_file_system") {
        network.file_systems.insert(address.to_owned(), FileSystem::default());
    }
    for (address, target) in root.of("aws_efs_mount_target") {
        let described = MountTarget {
            subnet: target.refer("subnet_id").unwrap_or_default(),
            security_groups: target.refer_all("security_groups"),
        };
        match target.refer("file_system_id").and_then(|name| network.file_systems.get_mut(&name)) {
            Some(files) => {
                files.mount_targets.insert(address.to_owned(), described);
            }
            None => network.unknown.push(format!("the file system of `{address}`")),
        }
    }
}

fn subnets(root: &Root, group: Option<String>) -> Vec<String> {
    let group = group.and_then(|name| root.get(&name));
    group.map(|group| group.refer_all("subnet_ids")).unwrap_or_default()
}

/// An instance of a cluster is what has an address.
fn has_public_instance(root: &Root, cluster: &str) -> bool {
    root.of("aws_rds_cluster_instance").any(|(_, instance)| {
        instance.refer_to("cluster_identifier", "aws_rds_cluster").as_deref() == Some(cluster)
            && instance.truth("publicly_accessible", false)
    })
}

fn port_of(database: &Attributes<'_>) -> u16 {
    match database.text("engine").unwrap_or_default().as_str() {
        engine if engine.contains("postgres") => 5432,
        engine if engine.contains("oracle") => 1521,
        engine if engine.contains("sqlserver") => 1433,
        _ => 3306,
    }
}
