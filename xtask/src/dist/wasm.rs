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

/// Writes a text with its length before it.
pub(crate) fn write_text(text: &str, bytes: &mut Vec<u8>) {
    write_number(text.len(), bytes);
    bytes.extend_from_slice(text.as_bytes());
}

/// Writes a section.
pub(crate) fn write_section(id: u8, section: &[u8], bytes: &mut Vec<u8>) {
    bytes.push(id);
    write_number(section.len(), bytes);
    bytes.extend_from_slice(section);
}

/// Reads one thing after the other; `None` at the end of the bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    whole: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { whole: bytes, rest: bytes }
    }

    /// How much has been read.
    pub(crate) const fn at(&self) -> usize {
        self.whole.len() - self.rest.len()
    }

    pub(crate) const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next byte, which stays.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    pub(crate) fn number(&mut self) -> Option<usize> {
        let (value, rest) = number(self.rest)?;
        self.rest = rest;
        Some(value)
    }

    /// Past a number of any width, signed or not.
    pub(crate) fn skip_number(&mut self) -> Option<()> {
        while self.byte()? & 0x80 != 0 {}
        Some(())
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.bytes(length)?).ok()
    }

    /// The bytes that `read` reads.
    pub(crate) fn taken(&mut self, read: impl FnOnce(&mut Self) -> Option<()>) -> Option<&'a [u8]> {
        let from = self.at();
        read(self)?;
        self.whole.get(from..self.at())
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
