//! SLSA provenance: what an image was built from, and by whom.
//! <https://slsa.dev/spec/v1.1/provenance>

use oci::Digest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Statement;

/// Says what an image was built from.
pub const PROVENANCE: &str = "https://slsa.dev/provenance/v1";

/// How the parameters below are to be read.
const BUILD_TYPE: &str = "https://github.com/driftless/driftless/image/v1";

/// A build of an image, as whoever ran it saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// Name of the project.
    pub project: String,
    /// Name of the service.
    pub service: String,
    /// What ran the build, as a URI: a workflow, or the route on one's own machine.
    pub builder: String,
    /// The run of the builder, as a URI, if it has one.
    pub run: Option<String>,
    /// The program that packed the image: its version.
    pub version: String,
    /// What went into it.
    pub materials: Vec<Material>,
}

/// Something that went into a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Material {
    /// A commit.
    Commit {
        /// Where it is, if that is known: `git+https://…`.
        uri: Option<String>,
        /// Its full name.
        commit: String,
        /// Whether nothing was built that is not in it.
        clean: bool,
    },
    /// A file, such as a lock file.
    File {
        /// Its name in the sources.
        name: String,
        /// Its SHA-256.
        digest: Digest,
    },
}

impl Build {
    /// That `image` came out of it.
    pub fn of(&self, image: Digest) -> Statement {
        let mut details = json!({ "builder": { "id": self.builder, "version": { "driftless": self.version } } });
        if let Some(run) = &self.run {
            details["metadata"] = json!({ "invocationId": run });
        }
        let predicate = json!({
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": { "project": self.project, "service": self.service },
                "resolvedDependencies": self.materials.iter().map(Material::json).collect::<Vec<_>>(),
            },
            "runDetails": details,
        });
        Statement::new(PROVENANCE, image, predicate)
    }
}

impl Material {
    fn json(&self) -> Value {
        match self {
            Self::Commit { uri, commit, clean } => {
                let mut json = json!({ "name": "source", "digest": { "gitCommit": commit } });
                if let Some(uri) = uri {
                    json["uri"] = json!(format!("{uri}@{commit}"));
                }
                if !clean {
                    json["annotations"] = json!({ "clean": false });
                }
                json
            }
            Self::File { name, digest } => json!({ "name": name, "digest": { "sha256": digest.hex() } }),
        }
    }
}

/// What a statement says of a build, by any builder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// What ran the build.
    pub builder: String,
    /// The commits that went into it.
    pub commits: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Predicate {
    build_definition: Definition,
    run_details: Details,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Definition {
    #[serde(default)]
    resolved_dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    #[serde(default)]
    digest: Map<String, Value>,
}

#[derive(Deserialize)]
struct Details {
    builder: Builder,
}

#[derive(Deserialize)]
struct Builder {
    id: String,
}

impl Provenance {
    /// Of a statement that says [`PROVENANCE`]; none if it cannot be read as one.
    pub fn read(statement: &Statement) -> Option<Self> {
        let predicate = Predicate::deserialize(statement.predicate()).ok()?;
        let commit = |dependency: &Dependency| Some(dependency.digest.get("gitCommit")?.as_str()?.to_owned());
        let commits = predicate.build_definition.resolved_dependencies.iter().filter_map(commit).collect();
        Some(Self { builder: predicate.run_details.builder.id, commits })
    }
}
