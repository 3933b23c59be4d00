//! One headless browser, driven through ChromeDriver.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use fantoccini::{Client, ClientBuilder, Locator, error::CmdError};
use serde_json::{Value, json};

use super::{DevTools, Step};

/// How long a page may take to get where a test expects it.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scripts {
    On,
    Off,
}

pub(super) struct Chrome {
    pub(super) client: Client,
    driver: Child,
    _profile: tempfile::TempDir,
}

impl Chrome {
    pub(super) async fn start(size: (u32, u32), scripts: Scripts) -> Self {
        let mut driver = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| {
            line.unwrap()
                .strip_prefix("ChromeDriver was started successfully on port ")
                .map(|port| port.trim_end_matches('.').to_owned())
        });
        let port = port.expect("it says its port");
        std::thread::spawn(move || lines.count());
        let profile = tempfile::tempdir().unwrap();
        let options = json!({ "goog:chromeOptions": { "args": [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--lang=en-US",
            format!("--user-data-dir={}", profile.path().display()),
        ] } });
        let Value::Object(options) = options else { unreachable!("it was written as an object") };
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        let client = builder.capabilities(options).connect(&format!("http://127.0.0.1:{port}")).await.unwrap();
        let chrome = Self { client, driver, _profile: profile };
        chrome.resize(size).await.unwrap();
        if scripts == Scripts::Off {
            chrome.run("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await.unwrap();
        }
        chrome.run("Emulation.setTimezoneOverride", json!({ "timezoneId": "Europe/Vienna" })).await.unwrap();
        chrome
    }

    async fn run(&self, command: &'static str, parameters: Value) -> Result<Value, CmdError> {
        self.client.issue_cmd(DevTools(command, parameters)).await
    }

    /// Makes the page so large. A window cannot be narrower than 500 px.
    pub(super) async fn resize(&self, (width, height): (u32, u32)) -> Step {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.run("Emulation.setDeviceMetricsOverride", size).await.map(drop)
    }

    /// Makes the browser prefer `light` or `dark`.
    pub(super) async fn prefer(&self, scheme: &str) -> Step {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.run("Emulation.setEmulatedMedia", features).await.map(drop)
    }

    /// Keeps a picture of the whole page, not only of the part in the window.
    pub(super) async fn keep(&self, name: &str) -> Step {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/artifacts");
        fs::create_dir_all(&directory).unwrap();
        let path = directory.join(format!("{name}.png"));
        if self.client.find_all(Locator::Css("dialog[open]")).await?.len() == 1 {
            // A dialog belongs to the window, not to the page.
            fs::write(path, self.client.screenshot().await?).unwrap();
            return Ok(());
        }
        let size = &self.run("Page.getLayoutMetrics", json!({})).await?["cssContentSize"];
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        let picture =
            self.run("Page.captureScreenshot", json!({ "captureBeyondViewport": true, "clip": clip })).await?;
        let picture = BASE64_STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
        fs::write(path, picture).unwrap();
        Ok(())
    }

    /// Leaves a mark that a full page load wipes out.
    pub(super) async fn mark(&self) -> Step {
        self.client.execute("window.sameDocument = true", vec![]).await.map(drop)
    }

    pub(super) async fn is_marked(&self) -> Result<bool, CmdError> {
        Ok(self.client.execute("return window.sameDocument === true", vec![]).await? == json!(true))
    }

    pub(super) async fn wait_for(&self, css: &str) -> Step {
        self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await.map(drop)
    }

    pub(super) async fn end(mut self) {
        self.client.clone().close().await.unwrap();
        self.driver.kill().unwrap();
        self.driver.wait().unwrap();
    }
}

impl Drop for Chrome {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Polls `condition` until it holds.
pub(super) async fn until(what: &str, mut condition: impl AsyncFnMut() -> Result<bool, CmdError>) -> Step {
    let deadline = Instant::now() + PATIENCE;
    loop {
        // In the middle of a page load the document, or an element of it, may be gone.
        if let Ok(true) = condition().await {
            return Ok(());
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
