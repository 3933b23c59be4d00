//! The style sheet, the script and the icon: inside the binary, at addresses that change with their content.

use std::sync::LazyLock;

use axum::{
    body::Bytes,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{page, visitor::Visitor};

/// The address names the content, so the content never changes.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// For another release's address.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// A file of `assets/`.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Where pages find it: `/assets/app.<hash>.css`.
    pub(crate) path: String,
    etag: HeaderValue,
    stem: &'static str,
    extension: &'static str,
    media_type: HeaderValue,
    content: Bytes,
}

pub(crate) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let parts = [
        include_str!("../assets/style/base.css"),
        include_str!("../assets/style/frame.css"),
        include_str!("../assets/style/controls.css"),
        include_str!("../assets/style/alerts.css"),
        include_str!("../assets/style/list.css"),
        include_str!("../assets/style/preferences.css"),
    ];
    Asset::new("app", "css", "text/css; charset=utf-8", parts.join("\n").into())
});
pub(crate) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let script = Bytes::from_static(include_bytes!("../assets/app.js"));
    Asset::new("app", "js", "text/javascript; charset=utf-8", script)
});
pub(crate) static ICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("icon", "svg", "image/svg+xml", Bytes::from_static(include_bytes!("../assets/icon.svg")))
});

impl Asset {
    fn new(stem: &'static str, extension: &'static str, media_type: &'static str, content: Bytes) -> Self {
        let hash = format!("{:016x}", fnv1a(&content));
        Self {
            path: format!("/assets/{stem}.{hash}.{extension}"),
            etag: HeaderValue::try_from(format!("\"{hash}\"")).expect("hexadecimal digits are a valid header value"),
            stem,
            extension,
            media_type: HeaderValue::from_static(media_type),
            content,
        }
    }

    /// Whether `file` is this asset in some release.
    fn is(&self, file: &str) -> bool {
        let mut parts = file.split('.');
        (parts.next(), parts.nth(1), parts.next()) == (Some(self.stem), Some(self.extension), None)
    }

    fn answer(&self, request: &HeaderMap, caching: HeaderValue) -> Response {
        let known = request.get(header::IF_NONE_MATCH).is_some_and(|tags| {
            tags.as_bytes().split(|b| *b == b',').any(|tag| tag.trim_ascii() == self.etag.as_bytes())
        });
        let headers = [
            (header::CACHE_CONTROL, caching),
            (header::CONTENT_TYPE, self.media_type.clone()),
            (header::ETAG, self.etag.clone()),
        ];
        if known {
            (StatusCode::NOT_MODIFIED, headers).into_response()
        } else {
            (headers, self.content.clone()).into_response()
        }
    }
}

/// `GET /assets/{file}`. While a release is being replaced, a page of one task may ask another for its style sheet:
/// it gets the one that there is, not to be kept.
pub(crate) async fn show(visitor: Visitor, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = [&STYLE, &SCRIPT, &ICON].into_iter().find(|asset| asset.is(&file)) else {
        return page::not_found(&visitor);
    };
    let current = asset.path.ends_with(&file);
    asset.answer(&headers, if current { IMMUTABLE } else { REVALIDATE })
}

/// `GET /favicon.ico`, which some browsers ask for whatever the page says.
pub(crate) async fn icon(headers: HeaderMap) -> Response {
    ICON.answer(&headers, REVALIDATE)
}

/// FNV-1a of 64 bits: tells versions of a file apart, and nobody but us chooses the files.
fn fnv1a(content: &[u8]) -> u64 {
    content.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
