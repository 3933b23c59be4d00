//! Who hears of Control-C. By itself it ends the program, which is not what some work needs: Terraform has to give its
//! lock back, and whoever watches a deployment says how to find it again.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Kinds of work under way that hear of it by themselves. A signal is of the whole process, and so is this.
static HEARING: AtomicUsize = AtomicUsize::new(0);

/// As long as it lives, Control-C does not end the program.
#[derive(Debug)]
pub struct Hearing(());

/// Says that the caller listens for Control-C.
pub fn hear() -> Hearing {
    HEARING.fetch_add(1, Ordering::SeqCst);
    Hearing(())
}

/// Whether somebody listens for it.
pub fn is_heard() -> bool {
    HEARING.load(Ordering::SeqCst) > 0
}

/// Ends when Control-C is pressed.
pub async fn control_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Where nobody can listen it ends the program as ever.
        std::future::pending::<()>().await;
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        HEARING.fetch_sub(1, Ordering::SeqCst);
    }
}
