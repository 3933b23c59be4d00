//! Processes that outlive the command that started them, as Terraform outlives `driftless`: after a rehearsal there is nothing for them
//! to do.

use std::{fs, path::Path};

use rustix::process::{Pid, Signal, kill_process};

/// Kills each process that works in `directory`, or below it.
pub fn end_processes_in(directory: &Path) {
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let is_there = fs::read_link(entry.path().join("cwd")).is_ok_and(|there| there.starts_with(directory));
        let pid = entry.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw);
        if let (true, Some(pid)) = (is_there, pid) {
            // It has ended meanwhile.
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn what_works_in_a_directory_is_ended_and_nothing_else() {
        let directory = std::env::temp_dir().join(format!("rehearse-leftover-{}", std::process::id()));
        fs::create_dir_all(directory.join("below")).expect("a directory");
        let sleep = |at: &Path| Command::new("sleep").arg("60").current_dir(at).spawn().expect("sleep");
        let (mut below, mut elsewhere) = (sleep(&directory.join("below")), sleep(Path::new("/")));
        end_processes_in(&directory);
        assert!(!below.wait().expect("an end").success());
        assert!(elsewhere.try_wait().expect("a look").is_none());
        elsewhere.kill().and_then(|()| elsewhere.wait()).expect("an end");
        fs::remove_dir_all(directory).expect("an empty place");
    }
}
