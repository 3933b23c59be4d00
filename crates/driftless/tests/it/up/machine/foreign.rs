//! Images that others have built, of programs in other languages.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::super::stack::{Stack, is_root};

/// Makes `images/NAME` with umoci, of programs of this machine and what they need, for each NAME that is given.
const BUILD: &str = r#"
set -euo pipefail
put() { for file; do mkdir -p "$root$(dirname "$file")"; cp -L "$file" "$root$file"; done; }
program() { put $(ldd "$1" | grep -o '/[^ ]*'); mkdir -p "$root/usr/bin"; cp -L "$1" "$root/usr/bin/$2"; }
for name; do
  root=$PWD/root-$name; mkdir -p "$root/etc" "$root/home/web" "$root/srv" "$root/var/cache/web"
  # As Debian has it: the loader is found through a link.
  mkdir -p "$root/usr/lib" "$root/usr/lib64"; ln -s usr/lib "$root/lib"; ln -s usr/lib64 "$root/lib64"
  ln -s /run/elsewhere "$root/etc/resolv.conf"
  printf 'root:x:0:0::/root:\nweb:x:1234:1235::/home/web:\n' > "$root/etc/passwd"
  case $name in
    shell)
      program "$(command -v busybox)" busybox; chmod 4755 "$root/usr/bin/busybox"; ln -s busybox "$root/usr/bin/sh"
      mkdir -p "$PWD/outside"; chmod 777 "$PWD/outside"; ln -s "$PWD/outside" "$root/out"
      mkdir "$root/srv/shell"; echo hello > "$root/srv/shell/hello"; echo well > "$root/srv/health"
      start=(sh -c 'exec busybox httpd -f -p 127.0.0.1:$PORT -h /srv') ;;
    python)
      program "$(python3 -c 'import os, sys; print(os.path.realpath(sys.executable))')" python3
      library=$(python3 -c 'import os; print(os.path.dirname(os.__file__))')
      mkdir -p "$root$library"
      tar -C "$library" --exclude ./site-packages --exclude ./dist-packages --exclude ./test --exclude './config-*' \
        --exclude '*.pyc' -c . | tar -C "$root$library" -x
      for extension in "$root$library"/lib-dynload/*; do put $(ldd "$extension" | grep -o '/[^ ]*' | grep -v "$root") ; done
      cp web.py fault.py "$root/srv/"; start=(python3 -u web.py) ;;
    node) program "$(command -v node)" node; cp web.js "$root/srv/"; start=(node web.js) ;;
    java)
      jlink --strip-debug --add-modules jdk.httpserver --output "$root/opt/java"
      for file in "$root"/opt/java/bin/java "$root"/opt/java/lib/{,server/}*.so; do put $(ldd "$file" | grep -o '/[^ ]*' | grep -v "$root"); done
      javac -d "$root/srv" Web.java; start=(/opt/java/bin/java -XX:TieredStopAtLevel=1 Web) ;;
  esac
  chmod -R go+rX "$root"; chmod 700 "$root/home/web"
  umoci init --layout "images/$name"; umoci new --image "images/$name:latest"
  umoci insert --rootless --image "images/$name:latest" "$root" /
  words=(); for word in "${start[@]}"; do words+=(--config.entrypoint "$word"); done
  umoci config --image "images/$name:latest" --config.user web --config.workingdir /srv --config.env FROM=image "${words[@]}"
  umoci gc --layout "images/$name"
  rm -r "$root"
done
"#;

const PYTHON: &str = r#"
import http.server, json, os, sys
if sys.argv[1:]:
    exec(open("fault.py").read())
    sys.exit()
def can_write(path):
    try:
        with open(path + "/file", "w"): return True
    except OSError: return False
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        seen = {"ids": [os.getuid(), os.getgid()], "cwd": os.getcwd(), "home": os.environ["HOME"], "from": os.environ["FROM"],
                "writable": [path for path in ["/", "/srv", "/tmp", "/home/web", "/var/cache/web"] if can_write(path)],
                "setuid": os.stat("/usr/bin/python3").st_mode & 0o4000}
        body = json.dumps(seen).encode()
        self.send_response(200); self.send_header("Content-Length", len(body)); self.end_headers(); self.wfile.write(body)
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"#;

const JAVA: &str = r#"
import com.sun.net.httpserver.*; import java.net.InetSocketAddress;
class Web {
  public static void main(String[] args) throws Exception {
    var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PORT"))), 0);
    server.createContext("/", exchange -> {
      exchange.sendResponseHeaders(200, 6); exchange.getResponseBody().write("hello\n".getBytes()); exchange.close();
    });
    server.start();
  }
}
"#;

const NODE: &str =
    r"require('http').createServer((_, answer) => answer.end('hello\n')).listen(process.env.PORT, process.env.HOST)";

fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        testing::left_out(&format!("no `{program}` here"));
    }
    found
}

/// Makes `images/NAME` in `out` for each of `names`.
pub(crate) fn build(out: &Path, names: &[&str]) {
    fs::create_dir_all(out.join("images")).unwrap();
    fs::write(out.join("web.py"), PYTHON).unwrap();
    fs::write(out.join("fault.py"), include_str!("fault.py")).unwrap();
    fs::write(out.join("web.js"), NODE).unwrap();
    fs::write(out.join("Web.java"), JAVA).unwrap();
    let mut build = Command::new("bash");
    let output = build.args(["-c", BUILD, "bash"]).args(names).current_dir(out).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A bundle of the images that can be made here, or nothing.
fn bundle(out: &Path) -> Option<Vec<&'static str>> {
    testing::found(&["umoci", "busybox", "python3"])?;
    let mut names = vec!["shell", "python"];
    names.extend(has("node").then_some("node"));
    names.extend(has("jlink").then_some("java"));
    build(out, &names);
    closure(out);
    names.push("closure");
    let (mut services, mut images) = (BTreeMap::new(), BTreeMap::new());
    for (at, name) in names.iter().enumerate() {
        let layout = oci::Layout::open(&out.join("images").join(name)).unwrap();
        services.insert(name, service(name, at + 1));
        let platform = layout.platform().to_string();
        images.insert(name, json!({ "digest": layout.digest(), "platform": platform, "size": layout.size() }));
    }
    let stack = json!({ "schema": 2, "project": "foreign", "services": services });
    fs::write(out.join("release.json"), json!({ "schema": 1, "stack": stack, "images": images }).to_string()).unwrap();
    Some(names)
}

/// The image of a closure: busybox in a store, which must not be in `/tmp`, of which each task has its own.
fn closure(out: &Path) {
    let store = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let program = testing::found(&["busybox"]).unwrap().remove(0);
    let path = |name: &str| store.path().join(name);
    fs::create_dir_all(path("busybox/bin")).unwrap();
    fs::copy(program, path("busybox/bin/busybox")).unwrap();
    fs::create_dir_all(path("page/share/page/closure")).unwrap();
    fs::write(path("page/share/page/closure/hello"), "hello\n").unwrap();
    fs::write(path("page/share/page/health"), "well\n").unwrap();
    fs::write(path("ca.crt"), ca_bundle()).unwrap();
    let store_path = |name: &str| oci::StorePath { path: path(name), references: Vec::new(), nar_size: 0 };
    let script = "exec busybox httpd -f -p 127.0.0.1:$PORT -h /share/page";
    let execution = oci::Execution {
        user: "65532:65532".to_owned(),
        entrypoint: ["busybox", "sh", "-c", script].map(str::to_owned).to_vec(),
        ..oci::Execution::default()
    };
    let spec = oci::ClosureSpec {
        created: None,
        closure: vec![store_path("busybox"), store_path("page")],
        contents: vec![path("busybox"), path("page")],
        files: BTreeMap::new(),
        ca_bundle: path("ca.crt"),
        platform: oci::Platform::LINUX_AMD64,
        execution,
        layers: 8,
        compression: oci::Compression::Zstd,
        annotations: BTreeMap::new(),
    };
    oci::build_closure(&spec, &out.join("images/closure")).unwrap();
}

pub(super) fn ca_bundle() -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_driftless")).args(["image", "ca-bundle"]).output().unwrap();
    output.stdout
}

fn service(name: &str, priority: usize) -> Value {
    json!({
        "package": name, "image": if name == "closure" { json!("nix") } else { json!({ "layout": format!("images/{name}") }) },
        "user": null,
        "writable": { "/var/cache/web": 1 },
        "port": 8000, "rules": [{ "priority": priority, "paths": [format!("/{name}/*")] }],
        "health": {
            "path": "/health", "interval_seconds": 30, "timeout_seconds": 5, "healthy_threshold": 2, "unhealthy_threshold": 2
        },
        "cpu": 256, "memory": 512, "tasks": 1, "data": null, "stop_timeout_seconds": 2, "drain_seconds": 2
    })
}

/// The bundle in `made` under `up`, with each isolation that this machine allows, and what was said at its start.
pub(super) fn started(made: &Path) -> impl Iterator<Item = (Stack, String)> {
    let root = is_root().then(|| Stack::new().isolated("root"));
    root.into_iter().chain([Stack::unprivileged().isolated("user-namespaces")]).filter_map(move |stack| {
        // Whoever runs it may read it.
        let chmod = Command::new("chmod").args(["-R", "a+rX"]).arg(made).status().unwrap();
        assert!(chmod.success());
        let bundle = made.to_str().unwrap();
        let mut up = stack.command(&["up", "--detach", "--timeout", "60", "--port", "0", "--bundle", bundle]);
        let output = up.args(["--isolation", stack.isolation()]).stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        if said.contains("isolating tasks as asked") {
            testing::skipped(&format!("this machine does not allow this isolation: {said}"));
            return None;
        }
        let log = || fs::read_to_string(stack.data().join("engine.log")).unwrap_or_default();
        assert!(output.status.success(), "{said}{}", log());
        Some((stack, said))
    })
}

/// A service that may write where its image has a link out of it.
fn nothing_is_mounted_behind_a_link(stack: &Stack, made: &Path) {
    let (release, hostile) = (made.join("release.json"), made.join("hostile"));
    let mut document: Value = serde_json::from_slice(&fs::read(release).unwrap()).unwrap();
    document["stack"]["services"]["shell"]["writable"] = json!({ "/out/x": 1 });
    fs::create_dir_all(&hostile).unwrap();
    fs::write(hostile.join("release.json"), document.to_string()).unwrap();
    let images = hostile.join("images");
    if !images.exists() {
        std::os::unix::fs::symlink("../images", images).unwrap();
    }
    let output = stack.run(&["up", "--detach", "--timeout", "30", "--bundle", hostile.to_str().unwrap()]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("`/out` is a link in the image"), "{said}");
    assert_eq!(fs::read_dir(made.join("outside")).unwrap().count(), 0);
}

#[test]
fn programs_in_any_language_run_from_images_of_other_builders() {
    let made = tempfile::tempdir().unwrap();
    let Some(names) = bundle(made.path()) else { return };
    for (stack, said) in started(made.path()) {
        let log = || fs::read_to_string(stack.data().join("engine.log")).unwrap_or_default();
        assert!(
            (said.clone() + &log()).contains("without set-user-id or set-group-id: `/usr/bin/busybox`"),
            "{said}{}",
            log()
        );
        for name in names.iter().filter(|name| **name != "python") {
            assert_eq!(stack.get(&format!("/{name}/hello")), (200, "hello\n".to_owned()), "{name}");
        }
        let seen: Value = serde_json::from_str(&stack.get("/python/").1).unwrap();
        let expected = json!({
            "ids": [1234, 1235], "cwd": "/srv", "home": "/home/web", "from": "image",
            "writable": ["/tmp", "/var/cache/web"], "setuid": 0
        });
        assert_eq!(seen, expected);
        assert!(!Path::new("/run/elsewhere").exists());
        nothing_is_mounted_behind_a_link(&stack, made.path());
    }
}
