//! Connections that end in the middle, at any byte.

use std::{sync::Arc, time::Duration};

use oci::Layout;
use registry::{self, Endpoint, Events, Job, NoLogin, Registry, Settings, Trust};

use super::{fake::Fake, relay::Relay};
use crate::image::fixture::Fixture;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_ends_at_any_byte_costs_an_attempt_and_no_more() {
    let fixture = Fixture::tiny();
    fixture.build("out", "");
    let image = Layout::open(&fixture.path("out")).unwrap();
    let job = Job { layout: image.dir().to_owned(), repository: "app".to_owned(), tag: Some("1".to_owned()) };
    // Past everything that one connection carries, in both directions.
    for at in (0..2600).step_by(37) {
        for up in [true, false] {
            let fake = Fake::start().await;
            let relay = Relay::to(&fake.address);
            relay.cut_once(up, at);
            let settings = Settings {
                attempts: 4,
                pause: Duration::from_millis(1),
                silence: Duration::from_secs(5),
                ..Settings::default()
            };
            let endpoint = Endpoint::parse(&relay.address).unwrap();
            let registry = Registry::new(endpoint, Arc::new(NoLogin), Trust::default(), settings, Events::none());
            let pushed = registry::push(&registry, std::slice::from_ref(&job)).await;
            assert!(pushed.is_ok(), "cut at {at}, up: {up}: {pushed:?}");
            assert!(fake.is_whole() && fake.tag("app", "1") == Some(image.digest()), "cut at {at}, up: {up}");
        }
    }
}
