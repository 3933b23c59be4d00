//! Images that other people's builders have made unpack to what those builders see in them.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use oci::{Layout, unpack_foreign};

use super::tools::{files, ran};

/// Builds `one`, and `two` on top of it, in the current directory. `buildah` is a function of its own.
const BUILDAH: &str = r#"
set -eu
buildah() { command buildah --root "$PWD/storage" --runroot "$PWD/run" --storage-driver vfs "$@"; }
inside() { container=$1; shift; buildah run --isolation chroot --user 0:0 "$container" /bin/busybox sh -ec "$*"; }
printf '{"default":[{"type":"insecureAcceptAnything"}]}' > policy.json

one=$(buildah from scratch)
buildah copy --chmod 755 "$one" "$(command -v busybox)" /bin/busybox
inside "$one" '/bin/busybox --install -s /bin; mkdir -p /usr/lib /srv/deep/er /opt/old; ln -s usr/lib /lib; ln -s /srv /var
  echo one > /srv/gone; echo two > /srv/deep/er/two; echo old > /opt/old/file; echo lib > /lib/name; chmod 4755 /srv/deep/er/two
  mkdir -p "/srv/$(printf "%0200d" 7)/$(printf "%0200d" 8)"; echo long > "/srv/$(printf "%0200d" 7)/$(printf "%0200d" 8)/file"'
buildah commit --signature-policy policy.json --format "$1" "$one" oci:one:latest

two=$(buildah from --signature-policy policy.json oci:one:latest)
inside "$two" 'rm -r /srv/gone /opt/old; mkdir /opt/old; echo new > /opt/old/other; ln /srv/deep/er/two /srv/same; rm /bin/vi; mkdir /bin/vi
  echo more > /lib/more; rm -r /srv/deep/er; ln -s nowhere /srv/dangling'
buildah config --user 1000:1000 --entrypoint '["/bin/busybox","httpd","-f"]' --env A=b --workingdir /srv "$two"
buildah commit --signature-policy policy.json --format "$1" "$two" oci:two:latest
"#;

#[test]
fn images_of_buildah_unpack_as_umoci_unpacks_them() {
    if testing::found(&["buildah", "busybox", "umoci", "skopeo"]).is_none() {
        return;
    }
    for format in ["oci", "docker"] {
        let dir = tempfile::tempdir().unwrap();
        let mut buildah = Command::new("bash");
        buildah.args(["-c", BUILDAH, "bash", format]).current_dir(dir.path()).stdin(Stdio::null());
        ran(buildah);
        let mut skopeo = Command::new("skopeo");
        skopeo.args("--insecure-policy copy --dest-compress-format zstd oci:two:latest oci:packed:latest".split(' '));
        ran(in_directory(skopeo, dir.path()));
        for image in ["one", "two"] {
            let mut umoci = Command::new("umoci");
            umoci.args(["unpack", "--rootless", "--image", &format!("{image}:latest"), &format!("{image}-bundle")]);
            ran(in_directory(umoci, dir.path()));
        }
        // umoci does not know zstd.
        for (image, same) in [("one", "one"), ("two", "two"), ("packed", "two")] {
            let layout = Layout::open(&dir.path().join(image)).unwrap();
            let root = dir.path().join(format!("{image}-root"));
            let left_out = unpack_foreign(&layout, &root, false).unwrap();
            // Privileges alone are another matter.
            let plain = |root: &Path| {
                let files = files(root).into_iter();
                files.map(|(path, (mode, content))| (path, (mode & 0o1777, content))).collect::<Vec<_>>()
            };
            assert_eq!(plain(&root), plain(&dir.path().join(format!("{same}-bundle/rootfs"))), "{image}");
            let privileged = if image == "one" { "srv/deep/er/two" } else { "srv/same" };
            assert!(left_out.privileges.iter().any(|path| path == privileged), "{left_out:?}");
            if image == "two" {
                let execution = &layout.config().config;
                assert_eq!((&*execution.user, &*execution.working_dir), ("1000:1000", "/srv"));
                assert_eq!(execution.command().collect::<Vec<_>>(), ["/bin/busybox", "httpd", "-f"]);
            }
        }
    }
}

fn in_directory(mut command: Command, directory: &Path) -> Command {
    command.current_dir(directory);
    command
}
