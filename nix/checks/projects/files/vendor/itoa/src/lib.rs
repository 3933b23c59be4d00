pub fn said() -> &'static str {
    "patched\n"
}
