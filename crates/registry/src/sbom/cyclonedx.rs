//! The format CycloneDX 1.5: <https://cyclonedx.org/docs/1.5/json/>.

use std::iter;

use oci::Digest;
use serde_json::{Value, json};

use super::Package;

/// The list of the image with the digest `image`.
pub(super) fn list(image: Digest, packages: &[Package]) -> Value {
    let root = packages.iter().find(|package| package.is_root);
    let image_itself = json!({ "ref": image, "dependsOn": root.map(Package::url).into_iter().collect::<Vec<_>>() });
    let dependencies = packages.iter().map(|package| {
        let uses = package.dependencies.iter().filter_map(|at| packages.get(*at)).map(Package::url);
        json!({ "ref": package.url(), "dependsOn": uses.collect::<Vec<_>>() })
    });
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "container",
                "bom-ref": image,
                "name": root.map_or("image", |package| &package.name),
                "version": image,
                "hashes": [{ "alg": "SHA-256", "content": image.hex() }],
            },
        },
        "components": packages.iter().map(component).collect::<Vec<_>>(),
        "dependencies": iter::once(image_itself).chain(dependencies).collect::<Vec<_>>(),
    })
}

fn component(package: &Package) -> Value {
    let mut component = json!({
        "type": if package.is_root { "application" } else { "library" },
        "bom-ref": package.url(),
        "name": package.name,
        "version": package.version,
        "scope": if package.is_build { "excluded" } else { "required" },
    });
    if package.is_public {
        component["purl"] = package.url().into();
    }
    component
}
