//! The smallest program.

/// `e_machine` of x86-64.
pub const AMD64: u16 = 62;

/// `e_machine` of `AArch64`.
pub const ARM64: u16 = 183;

/// The smallest static ELF program for `machine`: a header, one segment, and `payload` in it.
pub fn program(machine: u16, payload: &[u8]) -> Vec<u8> {
    let mut file = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    file.extend([2_u16, machine].map(u16::to_le_bytes).concat());
    file.extend(1_u32.to_le_bytes());
    file.extend([0x40_1000_u64, 64, 0].map(u64::to_le_bytes).concat());
    file.extend(0_u32.to_le_bytes());
    file.extend([64_u16, 56, 1, 64, 0, 0].map(u16::to_le_bytes).concat());
    file.extend([1_u32, 5].map(u32::to_le_bytes).concat());
    let size = payload.len() as u64;
    file.extend([120, 0x40_1000, 0x40_1000, size, size, 4096].map(u64::to_le_bytes).concat());
    file.extend(payload);
    file
}
