//! The page in a real browser, with and without JavaScript, in good times and bad.
//!
//! Each state's screenshot is kept in `target/artifacts`.

mod chrome;
mod services;

use fantoccini::{Client, Locator, error::CmdError, key::Key, wd::WebDriverCompatibleCommand};
use serde_json::json;

use self::{
    chrome::{Chrome, Scripts},
    services::Services,
};

const DESKTOP: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (360, 780);

type Step = Result<(), CmdError>;

async fn text(page: &Client, css: &str) -> Result<String, CmdError> {
    page.find(Locator::Css(css)).await?.text().await
}

/// Waits until `css` is there and its text contains `wanted`.
async fn see(page: &Client, css: &str, wanted: &str) -> Step {
    let script =
        "const e = document.querySelector(arguments[0]); return e !== null && e.innerText.includes(arguments[1]);";
    chrome::until(&format!("`{css}` to say `{wanted}`"), async || {
        Ok(page.execute(script, vec![json!(css), json!(wanted)]).await? == json!(true))
    })
    .await
}

async fn fill(page: &Client, css: &str, value: &str) -> Step {
    let field = page.find(Locator::Css(css)).await?;
    field.clear().await?;
    field.send_keys(value).await
}

async fn click(page: &Client, css: &str) -> Step {
    page.find(Locator::Css(css)).await?.click().await
}

async fn add(page: &Client, name: &str, description: &str) -> Step {
    fill(page, "#name", name).await?;
    fill(page, "#description", description).await?;
    click(page, "form[action='/items'] button[type=submit]").await
}

/// No state of any page may be wider than its window.
async fn fits(page: &Client) -> Step {
    let wide = page.execute("return document.documentElement.scrollWidth - window.innerWidth", vec![]).await?;
    assert!(wide.as_i64().unwrap() <= 0, "the page is {wide} px too wide");
    Ok(())
}

/// Adds, edits and deletes items and looks at every state on the way.
async fn work(chrome: &Chrome, url: &str, scripts: Scripts) -> Step {
    let page = &chrome.client;
    let with = scripts == Scripts::On;
    let name = |state: &str| format!("{}-{state}", if with { "js" } else { "plain" });
    page.goto(url).await?;
    see(page, ".items", "No items yet").await?;
    chrome.keep(&name("1-empty")).await?;
    chrome.mark().await?;

    if with {
        assert_eq!(
            page.find(Locator::Css("form[action='/items'] button")).await?.attr("disabled").await?.as_deref(),
            Some("true")
        );
    }
    add(page, "  Kettle ", "Boils a litre\nin two minutes").await?;
    see(page, ".alerts", "Item added successfully!").await?;
    see(page, ".count", "1").await?;
    assert_eq!(text(page, ".row h3").await?, "Kettle");
    assert_eq!(text(page, ".row .description").await?, "Boils a litre\nin two minutes");
    assert_eq!(chrome.is_marked().await?, with, "a full page load happens exactly when there is no JavaScript");
    add(page, "<script>alert(1)</script>", "<b>bold</b> & \"quoted\"").await?;
    see(page, ".count", "2").await?;
    assert_eq!(text(page, ".row h3").await?, "<script>alert(1)</script>");
    add(page, &"x".repeat(200), &"y".repeat(2000)).await?;
    see(page, ".count", "3").await?;
    fits(page).await?;
    chrome.keep(&name("2-list")).await?;
    times(page, with).await?;

    click(page, ".row:last-child .actions a:first-child").await?;
    see(page, "h1", "Edit item").await?;
    assert_eq!(page.find(Locator::Css("#name")).await?.prop("value").await?.as_deref(), Some("Kettle"));
    chrome.keep(&name("3-edit")).await?;
    fill(page, "#name", "Teapot").await?;
    click(page, "button[type=submit]").await?;
    see(page, ".alerts", "Item updated successfully!").await?;
    assert_eq!(text(page, ".row:last-child h3").await?, "Teapot");

    delete(chrome, with, &name("4-confirm")).await?;
    see(page, ".count", "2").await?;
    see(page, ".alerts", "Item deleted successfully!").await?;
    page.refresh().await?;
    see(page, ".count", "2").await
}

/// Deletes the last row, after having said no once.
async fn delete(chrome: &Chrome, with: bool, screenshot: &str) -> Step {
    let page = &chrome.client;
    let subject = if with { "dialog[open] .subject" } else { "main .subject" };
    click(page, ".row:last-child [data-delete]").await?;
    see(page, subject, "Teapot").await?;
    chrome.keep(screenshot).await?;
    if with {
        page.active_element().await?.send_keys(&Key::Escape.to_string()).await?;
        chrome::until("the dialog to close", async || {
            Ok(page.find_all(Locator::Css("dialog[open]")).await?.is_empty())
        })
        .await?;
    } else {
        page.find(Locator::LinkText("Cancel")).await?.click().await?;
    }
    see(page, ".count", "3").await?;
    click(page, ".row:last-child [data-delete]").await?;
    see(page, subject, "Teapot").await?;
    chrome.mark().await?;
    click(page, if with { "dialog[open] button[type=submit]" } else { "main form button[type=submit]" }).await?;
    see(page, ".items", "Items").await?;
    see(page, ".alerts", "Item deleted successfully!").await?;
    assert_eq!(chrome.is_marked().await?, with);
    Ok(())
}

/// RFC 3339 for machines; with JavaScript, the reader's own time for the reader.
async fn times(page: &Client, with: bool) -> Step {
    let time = page.find(Locator::Css(".row time")).await?;
    let machine = time.attr("datetime").await?.unwrap();
    assert!(machine.ends_with('Z') && machine.len() == 24, "{machine}");
    assert_eq!(time.text().await?.ends_with("UTC"), !with);
    assert_eq!(time.attr("title").await?.is_some(), with);
    Ok(())
}

#[tokio::test]
async fn browser_adds_edits_and_deletes_with_javascript() {
    let Some(_) = testing::found(&["chromium", "chromedriver"]) else { return };
    let services = Services::start();
    let chrome = Chrome::start(DESKTOP, Scripts::On).await;
    work(&chrome, &services.url, Scripts::On).await.unwrap();
    chrome.end().await;
}

#[tokio::test]
async fn browser_adds_edits_and_deletes_without_javascript() {
    let Some(_) = testing::found(&["chromium", "chromedriver"]) else { return };
    let services = Services::start();
    let chrome = Chrome::start(PHONE, Scripts::Off).await;
    work(&chrome, &services.url, Scripts::Off).await.unwrap();
    chrome.end().await;
}

#[tokio::test]
async fn browser_shows_every_page_in_the_dark_and_on_narrow_screens() {
    let Some(_) = testing::found(&["chromium", "chromedriver"]) else { return };
    let services = Services::start();
    let chrome = Chrome::start(DESKTOP, Scripts::On).await;
    let page = &chrome.client;
    page.goto(&services.url).await.unwrap();
    add(page, "Kettle", "Boils a litre in two minutes").await.unwrap();
    see(page, ".count", "1").await.unwrap();
    add(page, "A shelf with a rather long name that has to wrap somewhere on a phone", "").await.unwrap();
    see(page, ".count", "2").await.unwrap();
    for scheme in ["light", "dark"] {
        chrome.prefer(scheme).await.unwrap();
        for (width, height) in [DESKTOP, (768, 1000), (320, 700)] {
            chrome.resize((width, height)).await.unwrap();
            for (path, state) in
                [("/", "list"), ("/items/1/edit", "edit"), ("/items/1/delete", "delete"), ("/nowhere", "404")]
            {
                page.goto(&format!("{}{path}", services.url)).await.unwrap();
                fits(page).await.unwrap();
                chrome.keep(&format!("{scheme}-{width}-{state}")).await.unwrap();
            }
        }
    }
    chrome.end().await;
}

#[tokio::test]
async fn browser_keeps_the_input_when_the_backend_is_gone() {
    let Some(_) = testing::found(&["chromium", "chromedriver"]) else { return };
    for scripts in [Scripts::On, Scripts::Off] {
        let mut services = Services::start();
        let chrome = Chrome::start(DESKTOP, scripts).await;
        let page = &chrome.client;
        page.goto(&services.url).await.unwrap();
        see(page, ".items", "No items yet").await.unwrap();
        services.stop_backend();
        add(page, "Kettle", "still here").await.unwrap();
        see(page, "[data-fault]", "Failed to create item").await.unwrap();
        assert_eq!(
            page.find(Locator::Css("#name")).await.unwrap().prop("value").await.unwrap().as_deref(),
            Some("Kettle")
        );
        assert_eq!(
            page.find(Locator::Css("#description")).await.unwrap().prop("value").await.unwrap().as_deref(),
            Some("still here")
        );
        let with = if scripts == Scripts::On { "js" } else { "plain" };
        chrome.keep(&format!("{with}-5-create-failed")).await.unwrap();
        page.goto(&services.url).await.unwrap();
        see(page, ".items", "Failed to load items").await.unwrap();
        chrome.keep(&format!("{with}-6-backend-down")).await.unwrap();
        chrome.end().await;
    }
}

#[tokio::test]
async fn browser_tries_the_api_on_the_documentation_page() {
    let Some(_) = testing::found(&["chromium", "chromedriver"]) else { return };
    let services = Services::start();
    let chrome = Chrome::start(DESKTOP, Scripts::On).await;
    let page = &chrome.client;
    page.goto(&format!("{}/docs", services.backend_url)).await.unwrap();
    see(page, ".swagger-ui", "Items API").await.unwrap();
    click(page, "#operations-service-health button").await.unwrap();
    chrome.wait_for("#operations-service-health .try-out__btn").await.unwrap();
    click(page, "#operations-service-health .try-out__btn").await.unwrap();
    chrome.wait_for("#operations-service-health .execute").await.unwrap();
    click(page, "#operations-service-health .execute").await.unwrap();
    see(page, "#operations-service-health .live-responses-table", "healthy").await.unwrap();
    chrome.keep("docs").await.unwrap();
    page.goto(&format!("{}/redoc", services.backend_url)).await.unwrap();
    see(page, ".swagger-ui", "Items API").await.unwrap();
    assert!(page.find_all(Locator::Css(".try-out__btn")).await.unwrap().is_empty());
    chrome.end().await;
}

/// Adds an item through the load balancer's port, and follows the links to what the backend serves there.
pub(crate) async fn through_the_load_balancer(url: &str) {
    let Some(_) = testing::found(&["chromium", "chromedriver"]) else { return };
    let chrome = Chrome::start(DESKTOP, Scripts::On).await;
    let page = &chrome.client;
    page.goto(url).await.unwrap();
    add(page, "Kettle", "Boils a litre in two minutes").await.unwrap();
    see(page, ".count", "1").await.unwrap();
    page.find(Locator::LinkText("Check Backend Health")).await.unwrap().click().await.unwrap();
    see(page, "body", "healthy").await.unwrap();
    page.goto(url).await.unwrap();
    page.find(Locator::LinkText("View Swagger Docs")).await.unwrap().click().await.unwrap();
    see(page, ".swagger-ui", "Items API").await.unwrap();
    chrome.end().await;
}

/// A Chrome command by its name in the DevTools protocol.
#[derive(Debug)]
struct DevTools(&'static str, serde_json::Value);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "cmd": self.0, "params": self.1 }).to_string()))
    }
}
