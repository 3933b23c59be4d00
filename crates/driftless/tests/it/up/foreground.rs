//! `driftless up` without `--detach`.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStdout, Stdio},
    thread,
};

use super::{
    probe::Probe,
    stack::{Stack, get, signal, until},
};

/// Starts `probes` in the foreground; gives the address once they answer.
fn start(stack: &Stack, probes: &[Probe]) -> (Child, BufReader<ChildStdout>, String) {
    let mut up = stack.up_command(&[], probes).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(up.stdout.take().unwrap());
    let mut url = String::new();
    out.read_line(&mut url).unwrap();
    let address = url.trim().replace("http://localhost", "127.0.0.1");
    assert!(address.starts_with("127.0.0.1:"), "{url}");
    (up, out, address)
}

#[test]
fn control_c_finishes_the_requests_in_flight_and_a_second_one_does_not() {
    let stack = Stack::new();
    let (mut up, mut out, address) = start(&stack, &[Probe::new("web", "1")]);
    let slow = {
        let address = address.clone();
        thread::spawn(move || get(&address, "/web/slow?1500"))
    };
    until("it answers", || (get(&address, "/web/version").0 == 200).then_some(()));
    signal(&up, "INT");
    assert_eq!(slow.join().unwrap(), (200, "1".to_owned()));
    assert!(up.wait().unwrap().success());
    let mut lines = String::new();
    out.read_to_string(&mut lines).unwrap();
    assert!(lines.contains("web | probe 1 starts\n"), "{lines}");
    let mut said = String::new();
    up.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("stopping: finishing the requests in flight"), "{said}");

    let (mut up, _out, address) = start(&stack, &[Probe::new("web", "1")]);
    let slow = thread::spawn(move || get(&address, "/web/slow?20000"));
    let address = stack.address();
    until("it answers", || (get(&address, "/web/version").0 == 200).then_some(()));
    signal(&up, "INT");
    until("it is stopping", || (get(&address, "/web/version").0 == 0).then_some(()));
    signal(&up, "INT");
    assert!(up.wait().unwrap().success());
    assert_ne!(slow.join().unwrap().0, 200);
}

#[test]
fn another_up_rolls_it_and_down_ends_it() {
    let stack = Stack::new();
    let (mut up, _out, address) = start(&stack, &[Probe::new("web", "1")]);
    stack.up(&[Probe::new("web", "2")]);
    assert_eq!(get(&address, "/web/version").1, "2");
    assert!(stack.run(&["down"]).status.success());
    assert!(up.wait().unwrap().success());
}

#[test]
fn a_start_that_fails_ends_with_the_reason() {
    let stack = Stack::new();
    let output = stack.up_command(&[], &[Probe::new("web", "crash")]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("error: task `web-") && said.contains("  cannot go on\n"), "{said}");
}
