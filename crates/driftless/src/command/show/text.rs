//! Values as people read them.

/// Bytes for people: three digits and a decimal unit, `4.97 MB`.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub(in crate::command) fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64;
    let mut unit = "B";
    for larger in ["kB", "MB", "GB", "TB", "PB", "EB"] {
        // What would be rounded up to 1000 belongs to the next unit.
        if value < 999.5 {
            break;
        }
        value /= 1000.0;
        unit = larger;
    }
    let digits = match value {
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits() {
        let sizes = [0, 999, 1000, 9994, 9995, 99_950, 999_499, 999_500, 4_966_217, 12_032_000, u64::MAX];
        assert_eq!(
            sizes.map(size).join(", "),
            "0 B, 999 B, 1.00 kB, 9.99 kB, 10.0 kB, 100 kB, 999 kB, 1.00 MB, 4.97 MB, 12.0 MB, 18.4 EB"
        );
    }
}
