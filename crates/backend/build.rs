//! Takes the two files of Swagger UI that the page needs out of the vendored archive, and compresses them: they are
//! sent compressed to every browser, and the image carries 0.5 MB instead of 1.7 MB.

use std::{
    borrow::Cow,
    env, fs,
    io::{Cursor, Read, Write},
    path::Path,
};

use anyhow::{Context, ensure};
use flate2::{Compression, GzBuilder};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

const FILES: [&str; 2] = ["swagger-ui.css", "swagger-ui-bundle.js"];

fn main() -> anyhow::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var("OUT_DIR").context("cargo sets OUT_DIR")?;
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED)).context("opening Swagger UI's archive")?;
    for file in FILES {
        let suffix = format!("/dist/{file}");
        let name = archive.file_names().flatten().find(|name| name.ends_with(&suffix)).map(Cow::into_owned);
        let name = name.with_context(|| format!("Swagger UI's archive has no `{file}`"))?;
        let mut content = Vec::new();
        archive.by_name(&name)?.read_to_end(&mut content)?;
        ensure!(!content.is_empty(), "`{file}` in Swagger UI's archive is empty");
        // No file name and no time in the header: the bytes must depend on the content alone.
        let mut gzip = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
        gzip.write_all(&content)?;
        fs::write(Path::new(&out).join(format!("{file}.gz")), gzip.finish()?)?;
    }
    Ok(())
}
