//! Reads the ELF header of a program: can it run in an image, and on which platform.

use std::path::Path;

use object::{
    LittleEndian, ReadRef,
    elf::{self, FileHeader64},
    read::elf::{Dyn, FileHeader, ProgramHeader},
};

use crate::{Error, Platform};

type Header = FileHeader64<LittleEndian>;

/// The platform of the static program `program`. Reads only its headers; `path` is for errors.
pub(crate) fn platform<'data>(path: &Path, program: impl ReadRef<'data>) -> Result<Platform, Error> {
    let not_elf = |reason: &str| Error::NotElf {
        path: path.to_owned(),
        reason: reason.to_owned(),
        remedy: "give a program that was compiled for Linux".into(),
    };
    let unsuitable = |reason: String| Error::Unsuitable { path: path.to_owned(), reason };
    let size = program.len().unwrap_or(0);
    let start = program.read_bytes_at(0, size.min(16)).unwrap_or_default();
    if start.get(..4) != Some(&elf::ELFMAG) {
        return Err(not_elf(match start {
            [] => "it is empty",
            [b'#', b'!', ..] => "it is a script",
            _ => "it does not start with the bytes 7f 45 4c 46",
        }));
    }
    if start.get(4).is_some_and(|class| *class != elf::ELFCLASS64.0) {
        return Err(unsuitable("it is not a 64-bit program".to_owned()));
    }
    if start.get(5).is_some_and(|order| *order != elf::ELFDATA2LSB.0) {
        return Err(unsuitable("it is big-endian".to_owned()));
    }
    let broken = |error: object::Error| not_elf(&format!("its header is damaged: {error}"));
    let header = Header::parse(program).map_err(broken)?;
    let machine = header.e_machine(LittleEndian);
    let platform = of_machine(machine)
        .ok_or_else(|| unsuitable(format!("its machine is {}, only x86-64 and AArch64 are supported", machine.0)))?;
    let executable = matches!(header.e_type(LittleEndian), elf::ET_EXEC | elf::ET_DYN);
    if !executable || header.e_entry(LittleEndian) == 0 {
        return Err(unsuitable("it is not a program but a library, an object file or a core dump".to_owned()));
    }
    check_linking(path, header, program, &broken)?;
    Ok(platform)
}

/// Offset of the end of the field `e_machine` in an ELF header, in bytes.
pub(crate) const MACHINE_END: u64 = 20;

/// The platform in the first [`MACHINE_END`] bytes of a program.
pub(crate) fn platform_of_header(start: &[u8]) -> Option<Platform> {
    let machine = start.strip_prefix(&elf::ELFMAG)?.get(14..16)?;
    of_machine(elf::Machine(u16::from_le_bytes(machine.try_into().ok()?)))
}

fn of_machine(machine: elf::Machine) -> Option<Platform> {
    match machine {
        elf::EM_X86_64 => Some(Platform::LINUX_AMD64),
        elf::EM_AARCH64 => Some(Platform::LINUX_ARM64),
        _ => None,
    }
}

/// Refuses programs that need a loader or a library. A static PIE has a dynamic segment, but needs neither.
fn check_linking<'data>(
    path: &Path,
    header: &Header,
    program: impl ReadRef<'data>,
    broken: &dyn Fn(object::Error) -> Error,
) -> Result<(), Error> {
    let dynamic = |needed: String| Error::Dynamic {
        path: path.to_owned(),
        needed,
        remedy: "link it statically: with `-C target-feature=+crt-static`, or for a musl target".into(),
    };
    let mut loads = false;
    for segment in header.program_headers(LittleEndian, program).map_err(broken)? {
        loads |= segment.p_type(LittleEndian) == elf::PT_LOAD;
        if let Some(loader) = segment.interpreter(LittleEndian, program).map_err(broken)? {
            return Err(dynamic(format!("`{}`", loader.escape_ascii())));
        }
        let entries = segment.dynamic(LittleEndian, program).map_err(broken)?.unwrap_or_default();
        let end = entries.iter().position(|entry| entry.d_tag(LittleEndian) == elf::DT_NULL);
        for entry in &entries[..end.unwrap_or(entries.len())] {
            match entry.d_tag(LittleEndian) {
                elf::DT_NEEDED => return Err(dynamic("a shared library".to_owned())),
                elf::DT_SONAME => {
                    let reason = "it is a shared library, not a program".to_owned();
                    return Err(Error::Unsuitable { path: path.to_owned(), reason });
                }
                _ => {}
            }
        }
    }
    if loads {
        return Ok(());
    }
    Err(Error::Unsuitable { path: path.to_owned(), reason: "it has nothing to load".to_owned() })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A segment: its type, and the bytes in it.
    type Segment<'a> = (u32, &'a [u8]);

    /// The smallest file that is an ELF program of `kind` for `machine`.
    pub(crate) fn elf(kind: u16, machine: u16, segments: &[Segment<'_>]) -> Vec<u8> {
        let mut file = vec![0x7f, b'E', b'L', b'F', 2, 1, 1];
        file.resize(16, 0);
        file.extend(kind.to_le_bytes());
        file.extend(machine.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        file.extend(0x40_1000_u64.to_le_bytes()); // entry
        file.extend(64_u64.to_le_bytes()); // program headers
        file.extend(0_u64.to_le_bytes());
        file.extend(0_u32.to_le_bytes());
        for field in [64, 56, u16::try_from(segments.len()).unwrap(), 64, 0, 0] {
            file.extend(field.to_le_bytes());
        }
        let mut offset = 64 + 56 * segments.len() as u64;
        for (kind, data) in segments {
            file.extend(kind.to_le_bytes());
            file.extend(5_u32.to_le_bytes());
            for field in [offset, 0, 0, data.len() as u64, data.len() as u64, 8] {
                file.extend(field.to_le_bytes());
            }
            offset += data.len() as u64;
        }
        for (_, data) in segments {
            file.extend(*data);
        }
        file
    }

    pub(crate) const AMD64: u16 = 62;
    pub(crate) const ARM64: u16 = 183;
    const LOAD: Segment<'static> = (1, b"code and");

    /// A static program of either kind of linking.
    pub(crate) fn program(machine: u16) -> Vec<u8> {
        elf(2, machine, &[LOAD])
    }

    fn dynamic(tags: &[u64]) -> Vec<u8> {
        tags.iter().flat_map(|tag| [tag.to_le_bytes(), [0; 8]].concat()).collect()
    }

    fn check(bytes: &[u8]) -> String {
        match platform(Path::new("app"), bytes) {
            Ok(platform) => platform.to_string(),
            Err(error) => hint::ErrorReport::of(&error.into()).to_string(),
        }
    }

    #[test]
    fn reads_the_platform_of_static_programs() {
        assert_eq!(check(&program(AMD64)), "linux/amd64");
        assert_eq!(check(&program(ARM64)), "linux/arm64");
        let static_pie = dynamic(&[30, 0x6fff_fffb, 0]);
        assert_eq!(check(&elf(3, AMD64, &[LOAD, (2, &static_pie)])), "linux/amd64");
    }

    #[test]
    fn refuses_what_an_image_cannot_run_and_says_why() {
        let needed = dynamic(&[1, 0]);
        let soname = dynamic(&[14, 0]);
        let mut big_endian = program(AMD64);
        big_endian[5] = 2;
        let mut short_class = program(AMD64);
        short_class[4] = 1;
        let cases: Vec<Vec<u8>> = vec![
            vec![],
            b"#!/bin/sh\n".to_vec(),
            b"MZ\x90\0".to_vec(),
            b"\x7fELF\x02\x01\x01".to_vec(),
            short_class,
            big_endian,
            program(243),
            elf(1, AMD64, &[LOAD]),
            elf(4, AMD64, &[LOAD]),
            elf(2, AMD64, &[]),
            elf(3, AMD64, &[(3, b"/lib64/ld-linux-x86-64.so.2\0"), LOAD]),
            elf(3, AMD64, &[LOAD, (2, &needed)]),
            elf(3, AMD64, &[LOAD, (2, &soname)]),
            elf(2, AMD64, &[LOAD])[..100].to_vec(),
        ];
        let said: Vec<_> = cases.iter().map(|case| check(case)).collect();
        insta::assert_snapshot!(said.join("\n\n"));
    }

    #[test]
    fn no_damage_makes_it_panic() {
        let loader = elf(3, AMD64, &[LOAD, (3, b"/lib/ld.so\0"), (2, &dynamic(&[30, 0]))]);
        for at in 0..loader.len() {
            check(&loader[..at]);
            for value in [0, 0x7f, 0xff] {
                let mut damaged = loader.clone();
                damaged[at] = value;
                check(&damaged);
            }
        }
    }
}
