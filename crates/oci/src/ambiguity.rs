//! JSON that two readers would read as two documents.
//!
//! Go's decoder, which most tools for images use, takes a member whose name differs in case from the one that it looks for,
//! and the last of several; others take the exact name alone. What either would read otherwise than the other is refused.

use std::{collections::BTreeMap, fmt};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// The members of manifests, indexes, configs and markers, as the specification of OCI and Docker spell them.
const MEMBERS: [&str; 47] = [
    "annotations",
    "architecture",
    "ArgsEscaped",
    "artifactType",
    "author",
    "Cmd",
    "comment",
    "config",
    "created",
    "created_by",
    "data",
    "diff_ids",
    "digest",
    "Domainname",
    "empty_layer",
    "Entrypoint",
    "Env",
    "ExposedPorts",
    "features",
    "fsLayers",
    "Healthcheck",
    "history",
    "Hostname",
    "Image",
    "imageLayoutVersion",
    "Labels",
    "layers",
    "manifests",
    "mediaType",
    "NetworkDisabled",
    "OnBuild",
    "os",
    "os.features",
    "os.version",
    "parent",
    "platform",
    "rootfs",
    "schemaVersion",
    "Shell",
    "size",
    "StopSignal",
    "subject",
    "type",
    "urls",
    "User",
    "variant",
    "WorkingDir",
];

/// Members whose value has names of anybody's choosing, in which case counts for everyone.
const FREE: [&str; 4] = ["annotations", "Labels", "ExposedPorts", "Volumes"];

/// The first place in `json`, a pointer, that is ambiguous, and why, as the rest of a sentence. None if there is none, or if
/// it is not JSON, which its parser says.
pub(crate) fn ambiguity(json: &[u8]) -> Option<(String, String)> {
    let mut found = None;
    let walk = Walk { at: String::new(), free: false, found: &mut found };
    // The error of an ambiguity only ends the walk.
    let _ = walk.deserialize(&mut serde_json::Deserializer::from_slice(json));
    found
}

/// A walk through one value.
struct Walk<'a> {
    at: String,
    /// True in a map of free names.
    free: bool,
    found: &'a mut Option<(String, String)>,
}

impl Walk<'_> {
    /// Why the member `name` of an object with the `earlier` ones is ambiguous.
    fn member(&self, name: &str, earlier: &BTreeMap<String, String>) -> Option<String> {
        let other = earlier.get(&self.key(name));
        if let Some(other) = other {
            return Some(if other == name {
                "is there twice".to_owned()
            } else {
                format!("is there as `{other}`, too")
            });
        }
        let folded = folded(name);
        let known = MEMBERS.iter().find(|known| !self.free && known.eq_ignore_ascii_case(&folded))?;
        (*known != name).then(|| format!("is `{known}` to readers that ignore case"))
    }

    fn key(&self, name: &str) -> String {
        if self.free { name.to_owned() } else { folded(name) }
    }
}

/// The name without case, as Go folds it: two letters outside of ASCII are a `k` and an `s` to it.
fn folded(name: &str) -> String {
    let fold = |c: char| match c {
        '\u{212a}' => 'k',
        '\u{17f}' => 's',
        c => c.to_ascii_lowercase(),
    };
    name.chars().map(fold).collect()
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut earlier = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            let at = format!("{}/{}", self.at, name.replace('~', "~0").replace('/', "~1"));
            if let Some(problem) = self.member(&name, &earlier) {
                *self.found = Some((at, problem));
                return Err(A::Error::custom("it is ambiguous"));
            }
            let free = !self.free && FREE.contains(&&*name);
            map.next_value_seed(Walk { at, free, found: &mut *self.found })?;
            earlier.insert(self.key(&name), name);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut count = 0;
        while let Some(()) = elements.next_element_seed(Walk {
            at: format!("{}/{count}", self.at),
            free: false,
            found: &mut *self.found,
        })? {
            count += 1;
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The value of a member that Go's tools write as `null` when it has none.
pub(crate) fn or_null<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_two_readers_would_read_as_two_documents() {
        let found = |json: &str| ambiguity(json.as_bytes()).map_or("-".to_owned(), |(at, why)| format!("{at} {why}"));
        for plain in [
            r#"{"config":{"User":"1:1","Labels":{"user":"a","User":"b"}},"annotations":{"Config":"x","config":"y"}}"#,
            r#"[{"a":1,"b":[{"a":1},{"a":2}],"c":null,"d":1.5,"e":-1,"f":true}]"#,
            "{",
            "",
        ] {
            assert_eq!(found(plain), "-");
        }
        for (json, expected) in [
            (r#"{"config":{"User":"1:1","user":"0:0"}}"#, "/config/user is there as `User`, too"),
            (r#"{"config":{"user":"0:0"}}"#, "/config/user is `User` to readers that ignore case"),
            ("{\"config\":{\"U\u{17f}er\":\"0:0\"}}", "/config/U\u{17f}er is `User` to readers that ignore case"),
            (r#"{"config":{"User":"1:1","User":"0:0"}}"#, "/config/User is there twice"),
            (r#"[0,{"x":{"layers":[],"Layers":[]}}]"#, "/1/x/Layers is there as `layers`, too"),
            (r#"{"own":1,"OWN":2}"#, "/OWN is there as `own`, too"),
            (r#"{"annotations":{"a/b":1,"a/b":2}}"#, "/annotations/a~1b is there twice"),
        ] {
            assert_eq!(found(json), expected);
        }
    }
}
