//! What Terraform says, read as if it had been written. For tests: nothing else reaches these readers without Terraform.

use model::progress::Silent;

use super::{apply::Applying, message::Message};

/// Reads the output of an apply with `-json`: how many resources it changed.
pub fn apply(output: &str) -> usize {
    let mut applying = Applying::begin("applying", 0, &Silent);
    for message in output.lines().filter_map(Message::of) {
        if let Message::Diagnostic { diagnostic } = &message {
            let _ = (diagnostic.to_string(), diagnostic.hint());
        }
        applying.see(message);
    }
    let changed = applying.changed;
    applying.done();
    changed
}
