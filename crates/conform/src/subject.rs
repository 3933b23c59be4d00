//! What is examined.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use oci::{Image, Layout};

/// An image, and how it is to be run.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The image.
    pub image: Image,
    /// The directory of its layout.
    pub layout: PathBuf,
    /// What `PORT` says.
    pub port: u16,
    /// The path of its health check; some that are usual are tried if nobody says.
    pub path: Option<String>,
    /// Stands for the image's user.
    pub user: Option<String>,
    /// Stands for the image's arguments, if it is not empty.
    pub command: Vec<String>,
    /// More variables.
    pub environment: BTreeMap<String, String>,
    /// How long it may take until it answers.
    pub patience: Duration,
    /// How long it gets to end by itself.
    pub stop_timeout: Duration,
}

impl Subject {
    /// The image in a layout, run as it says.
    pub fn new(layout: PathBuf) -> anyhow::Result<Self> {
        let image = Layout::open(&layout)?.image();
        Ok(Self {
            image,
            layout,
            port: 8080,
            path: None,
            user: None,
            command: Vec::new(),
            environment: BTreeMap::new(),
            patience: Duration::from_mins(1),
            stop_timeout: Duration::from_secs(30),
        })
    }
}
