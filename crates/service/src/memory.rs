//! How this process asks for memory.

/// Has the kernel give this process pages of the usual size. Call it first of all.
///
/// Our allocator asks for no huge pages, but where the system gives them to all (`always`), its first touches cost 2 MiB
/// each: more than half of what a fresh server of ours would occupy, for no measurable gain (`bench/README.md`).
pub fn prefer_small_pages() {
    #[cfg(target_os = "linux")]
    {
        // A kernel without the setting has no huge pages to avoid.
        let _ = rustix::thread::disable_transparent_huge_pages(true);
    }
}
