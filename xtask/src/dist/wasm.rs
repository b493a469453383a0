//! As much of the WebAssembly binary format as the steps beside need (core specification, chapter 5).

/// The sections of a module, in order; `None` when the bytes are no module.
pub(crate) fn sections(module: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut rest = module.strip_prefix(b"\0asm\x01\0\0\0")?;
    let mut sections = Vec::new();
    while let Some((&id, after)) = rest.split_first() {
        let (length, after) = number(after)?;
        let (section, after) = after.split_at_checked(length)?;
        sections.push((id, section));
        rest = after;
    }
    Some(sections)
}

/// An unsigned LEB128 number (section 5.2.2) and what follows it.
pub(crate) fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_usize;
    for (place, &byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(place + 1..)?));
        }
    }
    None
}

/// Writes an unsigned LEB128 number.
pub(crate) fn write_number(mut value: usize, bytes: &mut Vec<u8>) {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or(0);
        value >>= 7;
        if value == 0 {
            return bytes.push(low);
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_were_written() {
        for value in [0, 1, 127, 128, 300, 16_383, 16_384, 4_000_000_000] {
            let mut bytes = Vec::new();
            write_number(value, &mut bytes);
            bytes.push(7);
            assert_eq!(number(&bytes), Some((value, [7].as_slice())));
        }
    }

    #[test]
    fn what_is_cut_short_is_no_module() {
        assert_eq!(sections(b"\0asm\x01\0\0\0\x01\x05\x00"), None);
        assert_eq!(sections(b"\0asm\x01\0\0\0\x01\x80"), None);
        assert_eq!(sections(b"\0asm\x01\0\0\0"), Some(Vec::new()));
    }
}
