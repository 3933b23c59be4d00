//! Sizes of tasks: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html>

/// MiB of a directory that a task may write to.
pub(crate) const WRITABLE: u64 = 64;

/// The smallest ones: CPU units, and the MiB of each size.
const SIZES: [(u32, &[u32]); 3] = [(256, &[512, 1024, 2048]), (512, &[3072, 4096]), (1024, &[5120, 6144, 7168, 8192])];

/// The smallest task in which a program fits that holds so many bytes and writes so many MiB of memory, with a quarter to spare.
pub(crate) fn smallest(bytes: u64, written: u64) -> (u32, u32) {
    let wanted = (bytes >> 20) * 5 / 4 + written;
    let all = SIZES.iter().flat_map(|(cpu, sizes)| sizes.iter().map(|memory| (*cpu, *memory)));
    all.clone().find(|(_, memory)| u64::from(*memory) >= wanted).or(all.last()).unwrap_or((1024, 8192))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_is_to_spare() {
        assert_eq!(smallest(10 << 20, 0), (256, 512));
        assert_eq!(smallest(400 << 20, 0), (256, 512));
        assert_eq!(smallest(420 << 20, 0), (256, 1024));
        assert_eq!(smallest(400 << 20, 64), (256, 1024));
        assert_eq!(smallest(2 << 30, 0), (512, 3072));
    }
}
