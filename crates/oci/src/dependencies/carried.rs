//! Puts a list of dependencies into a program that was linked without one.
//!
//! The section is no part of what is loaded. It follows the program in its file, and is followed by a table of sections that has it.
//! Nothing of the program moves; of its header, the place and the length of that table change.

use std::{io::Write, path::Path};

use flate2::{Compression, write::ZlibEncoder};
use object::{
    LittleEndian as LE, U32, U64,
    elf::{self, FileHeader64, SectionHeader64},
    pod::{bytes_of_slice, from_bytes_mut},
    read::elf::{FileHeader, SectionHeader},
};

use super::SECTION;
use crate::{Error, elf::platform};

/// Tables of sections begin at a multiple of it.
const ALIGNMENT: usize = 8;

/// The program in the file `path`, with `list` as `cargo auditable` puts it there. One that carries a list keeps that.
pub fn with_dependencies(path: &Path, program: Vec<u8>, list: &[u8]) -> Result<Vec<u8>, Error> {
    platform(path, &*program)?;
    let unsuitable = |error: object::Error| Error::Unsuitable {
        path: path.to_owned(),
        reason: format!("its sections cannot be read: {error}"),
    };
    append(program, list).map_err(unsuitable)?.ok_or_else(|| Error::Unsuitable {
        path: path.to_owned(),
        reason: "its table of sections is full, or missing".to_owned(),
    })
}

/// None if there is no table of sections to add to, or no room in it.
fn append(mut program: Vec<u8>, list: &[u8]) -> object::Result<Option<Vec<u8>>> {
    let header = FileHeader64::<LE>::parse(&*program)?;
    let mut sections = header.section_headers(LE, &*program)?.to_vec();
    if sections.is_empty() {
        return Ok(None);
    }
    if header.sections(LE, &*program)?.section_by_name(LE, SECTION.as_bytes()).is_some() {
        return Ok(Some(program));
    }
    let at = header.shstrndx(LE, &*program)? as usize;
    let Some(table) = sections.get_mut(at) else { return Ok(None) };
    let mut names = table.data(LE, &*program)?.to_vec();
    let Ok(name) = u32::try_from(names.len()) else { return Ok(None) };
    names.extend(SECTION.as_bytes());
    names.push(0);

    let list = compressed(list);
    let (list_at, names_at) = (program.len(), program.len() + list.len());
    table.sh_offset = U64::new(LE, names_at as u64);
    table.sh_size = U64::new(LE, names.len() as u64);
    sections.push(SectionHeader64 {
        sh_name: U32::new(LE, name),
        sh_type: U32::new(LE, elf::SHT_PROGBITS),
        sh_flags: U64::new(LE, elf::SectionFlags(0)),
        sh_addr: U64::new(LE, 0),
        sh_offset: U64::new(LE, list_at as u64),
        sh_size: U64::new(LE, list.len() as u64),
        sh_link: U32::new(LE, 0),
        sh_info: U32::new(LE, 0),
        sh_addralign: U64::new(LE, 1),
        sh_entsize: U64::new(LE, 0),
    });
    let count = u16::try_from(sections.len()).ok().filter(|count| *count < elf::SHN_LORESERVE);
    let Some(count) = count else { return Ok(None) };
    program.extend(list);
    program.extend(names);
    program.resize(program.len().next_multiple_of(ALIGNMENT), 0);
    let table_at = program.len() as u64;
    program.extend(bytes_of_slice(&sections));
    if let Ok((header, _)) = from_bytes_mut::<FileHeader64<LE>>(&mut program) {
        header.e_shoff.set(LE, table_at);
        header.e_shnum.set(LE, count);
    }
    Ok(Some(program))
}

fn compressed(list: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(list).and_then(|()| encoder.finish()).expect("a Vec takes what is written to it")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use object::{Object, ObjectSection, ObjectSegment};

    use super::*;
    use crate::dependencies::of_program;

    /// Some program with sections.
    fn program() -> Vec<u8> {
        fs::read(std::env::current_exe().unwrap()).unwrap()
    }

    #[test]
    fn a_program_carries_its_list_and_is_otherwise_what_it_was() {
        let before = program();
        let after = append(before.clone(), b"{}").unwrap().unwrap();
        assert_eq!(of_program(&after).unwrap().unwrap(), b"{}");
        let (old, new) = (object::File::parse(&*before).unwrap(), object::File::parse(&*after).unwrap());
        for (old, new) in old.segments().zip(new.segments()) {
            assert_eq!((old.address(), old.file_range()), (new.address(), new.file_range()));
        }
        for section in old.sections() {
            let same = new.section_by_name(section.name().unwrap()).unwrap();
            // But for that of the names.
            if section.name() != Ok(".shstrtab") {
                assert!(section.data().unwrap() == same.data().unwrap(), "{:?}", section.name());
            }
        }
        assert!(before[64..] == after[64..before.len()]);
        assert!(append(before, b"{}").unwrap().unwrap() == after, "the same list is the same program");
    }

    #[test]
    fn a_program_that_carries_a_list_keeps_it() {
        let first = append(program(), b"{\"its\":\"own\"}").unwrap().unwrap();
        assert!(append(first.clone(), b"{}").unwrap().unwrap() == first);
    }

    #[test]
    fn a_program_without_sections_is_refused() {
        let program = testing::program(testing::AMD64, b"without sections");
        let said = with_dependencies(Path::new("app"), program, b"{}").unwrap_err().to_string();
        assert_eq!(said, "binary `app` cannot be the program of an image: its table of sections is full, or missing");
    }
}
