//! Short names between the module and its glue.
//!
//! wasm-bindgen names each import after what it calls and a hash of sixteen digits, once in the module and once in the
//! glue. Hashes do not compress; nearly two hundred of them are kilobytes that every visitor would download. Both files
//! are ours and are served together, so both get the same short names.

use super::wasm::{Reader, sections, write_number, write_section, write_text};

/// Renames every imported function in both files. `None` when the module is none, imports anything but functions, or the
/// glue does not define each import exactly once.
pub(crate) fn shorten(module: &[u8], glue: &str) -> Option<(Vec<u8>, String)> {
    const IMPORT_SECTION: u8 = 2;
    let mut shortened = module.get(..8)?.to_vec();
    let mut glue = glue.to_owned();
    for (id, section) in sections(module)? {
        if id == IMPORT_SECTION {
            write_section(id, &rename(section, &mut glue)?, &mut shortened);
        } else {
            write_section(id, section, &mut shortened);
        }
    }
    Some((shortened, glue))
}

fn rename(section: &[u8], glue: &mut String) -> Option<Vec<u8>> {
    const FUNCTION: u8 = 0;
    let mut reader = Reader::new(section);
    let count = reader.number()?;
    let mut renamed = Vec::new();
    write_number(count, &mut renamed);
    for place in 0..count {
        let (from, name) = (reader.text()?, reader.text()?);
        if reader.byte()? != FUNCTION {
            return None;
        }
        let signature = reader.number()?;
        let short = format!("i{place}");
        let definition = format!(" {name}: ");
        if glue.matches(&definition).count() != 1 {
            return None;
        }
        *glue = glue.replacen(&definition, &format!(" {short}: "), 1);
        write_text(from, &mut renamed);
        write_text(&short, &mut renamed);
        renamed.push(FUNCTION);
        write_number(signature, &mut renamed);
    }
    Some(renamed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str =
        "const import0 = {\n    __wbg_abort_00ff: function() {},\n    __wbg_aborted_11ee: handle(a),\n}";

    fn module() -> Vec<u8> {
        let mut imports = vec![2];
        for name in ["__wbg_abort_00ff", "__wbg_aborted_11ee"] {
            imports.extend([1, b'm', u8::try_from(name.len()).unwrap()]);
            imports.extend(name.as_bytes());
            imports.extend([0, 5]);
        }
        let mut module = b"\0asm\x01\0\0\0\x01\x01\x00".to_vec();
        module.extend([2, u8::try_from(imports.len()).unwrap()]);
        module.extend(imports);
        module.extend([10, 1, 0]);
        module
    }

    #[test]
    fn both_files_get_the_same_short_names_and_the_rest_stays() {
        let (module, glue) = shorten(&module(), GLUE).unwrap();
        assert_eq!(glue, "const import0 = {\n    i0: function() {},\n    i1: handle(a),\n}");
        let expected =
            b"\0asm\x01\0\0\0\x01\x01\x00\x02\x0f\x02\x01m\x02i0\x00\x05\x01m\x02i1\x00\x05\x0a\x01\x00";
        assert_eq!(module, expected);
    }

    #[test]
    fn an_import_that_the_glue_does_not_define_is_refused() {
        assert_eq!(shorten(&module(), "const import0 = { }"), None);
        assert_eq!(shorten(b"<html>", GLUE), None);
    }
}
