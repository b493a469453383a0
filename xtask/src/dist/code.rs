//! What the functions of a module name: the functions they call, and what ties them to their module.
//!
//! Only the length of each instruction matters, and which ones hold the index of a function (core specification, 5.4).

use super::wasm::Reader;

/// A function's body as far as splitting needs it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Body<'a> {
    /// The whole body: locals and instructions.
    pub(crate) bytes: &'a [u8],
    /// Every call: where the index stands in `bytes`, how long it is, and the function.
    pub(crate) calls: Vec<Call>,
    /// Whether it does what only code in its own module can: references to functions, other tables than the first,
    /// segments.
    pub(crate) is_bound: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) at: usize,
    pub(crate) length: usize,
    pub(crate) function: usize,
}

/// What an instruction is to us.
enum Instruction {
    Plain,
    Call,
    Bound,
}

impl<'a> Body<'a> {
    /// `None` for an instruction that the page's build does not enable.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut body = Self { bytes, calls: Vec::new(), is_bound: false };
        let mut reader = Reader::new(bytes);
        for _ in 0..reader.number()? {
            let (_count, _type) = (reader.number()?, reader.byte()?);
        }
        while !reader.is_at_end() {
            match instruction(&mut reader)? {
                Instruction::Plain => {}
                Instruction::Bound => body.is_bound = true,
                Instruction::Call => {
                    let at = reader.at();
                    let function = reader.number()?;
                    body.calls.push(Call { at, length: reader.at() - at, function });
                }
            }
        }
        Some(body)
    }
}

/// Reads past a constant expression.
pub(crate) fn skip_expression(reader: &mut Reader<'_>) -> Option<()> {
    const END: u8 = 0x0b;
    while reader.peek()? != END {
        instruction(reader)?;
    }
    reader.byte().map(drop)
}

/// Reads one instruction with its operands; of a call the operand is left.
fn instruction(reader: &mut Reader<'_>) -> Option<Instruction> {
    let code = reader.byte()?;
    match code {
        // Control without operands, drop, select, numbers, `ref.is_null`.
        0x00 | 0x01 | 0x05 | 0x0b | 0x0f | 0x1a | 0x1b | 0x45..=0xc4 | 0xd1 => {}
        // Blocks (the type is a number too), branches, variables, memory size, constants, `ref.null`.
        0x02..=0x04 | 0x0c | 0x0d | 0x20..=0x24 | 0x3f..=0x42 | 0xd0 => reader.skip_number()?,
        0x0e | 0x1c => {
            let count = reader.number()?;
            // A table of branches has one more: the default.
            for _ in 0..count + usize::from(code == 0x0e) {
                reader.skip_number()?;
            }
        }
        0x10 => return Some(Instruction::Call),
        0x11 => {
            reader.skip_number()?;
            if reader.number()? != 0 {
                return Some(Instruction::Bound);
            }
        }
        0x25 | 0x26 | 0xd2 => {
            reader.skip_number()?;
            return Some(Instruction::Bound);
        }
        0x28..=0x3e => {
            reader.skip_number()?;
            reader.skip_number()?;
        }
        0x43 => reader.bytes(4).map(drop)?,
        0x44 => reader.bytes(8).map(drop)?,
        0xfc => return prefixed(reader),
        _ => return None,
    }
    Some(Instruction::Plain)
}

/// Saturating conversions and bulk memory.
fn prefixed(reader: &mut Reader<'_>) -> Option<Instruction> {
    let (operands, kind) = match reader.number()? {
        0..=7 => (0, Instruction::Plain),
        10 => (2, Instruction::Plain),
        11 => (1, Instruction::Plain),
        8 | 12 | 14 => (2, Instruction::Bound),
        9 | 13 | 15..=17 => (1, Instruction::Bound),
        _ => return None,
    };
    for _ in 0..operands {
        reader.skip_number()?;
    }
    Some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_behind_operands_that_look_like_calls() {
        // Two locals of i32; i32.const 0x10; drop; f32.const with 0x10 in it; drop; br_table; call 300; call 1; end.
        let bytes = [
            1, 2, 0x7f, 0x41, 0x10, 0x1a, 0x43, 0x10, 0x10, 0x10, 0x10, 0x1a, 0x0e, 1, 0x10, 0x10, 0x10,
            0xac, 0x02, 0x10, 1, 0x0b,
        ];
        let body = Body::read(&bytes).unwrap();
        assert_eq!(
            body.calls,
            [Call { at: 17, length: 2, function: 300 }, Call { at: 20, length: 1, function: 1 }]
        );
        assert!(!body.is_bound);
    }

    #[test]
    fn what_only_its_own_module_can_do_binds_a_function() {
        for bytes in [&[0, 0xd2, 1, 0x1a, 0x0b][..], &[0, 0x11, 0, 1, 0x0b], &[0, 0xfc, 8, 0, 0, 0x0b]] {
            assert!(Body::read(bytes).unwrap().is_bound, "{bytes:x?}");
        }
        assert!(!Body::read(&[0, 0x11, 0, 0, 0x0b]).unwrap().is_bound);
    }

    #[test]
    fn an_instruction_we_do_not_know_is_refused() {
        assert_eq!(Body::read(&[0, 0xfd, 0, 0x0b]), None);
        assert_eq!(Body::read(&[0, 0x10]), None);
    }
}
