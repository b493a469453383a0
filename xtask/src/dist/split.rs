//! The module in two parts: what a first visit needs, and the screens that come later.
//!
//! The parts share memory and table. In the first part every function of the later one is a trap in its place of the
//! table (boot.js explains a trap, as any fault of the page); when the later part is instantiated, it puts its functions
//! into the places. Nothing of the first part calls one directly.
//!
//! Which function goes where follows from reachability. Everything that the exports reach by direct calls is the first
//! part's, and so is every function in the table - it may be called by anybody - unless its name says that only a later
//! screen can have put it there: [`LATER`]. What is left is the later part. A later function that is called directly
//! from the first part is thereby in the first part: the split can become worse by a mistake in the sources, not wrong.
//!
//! So names must be true: two equal functions merged into one would carry one of the two names. Neither the compiler
//! (`-Zmerge-functions`) nor wasm-opt may merge before the split.

use super::code::{Body, skip_expression};
use super::wasm::{Reader, write_number, write_section, write_text};
use std::collections::{BTreeMap, BTreeSet};

/// A function with one of these in its demangled name exists for later screens only: the function itself, a closure in
/// it, the glue that drops or calls such a closure, a generic function for a type of theirs.
pub(crate) const LATER: &[&str] = &[
    "::pages::later::",
    "::pages::help::",
    "::features::actions::screen::",
    "::features::devices::screen::detail::",
    "::features::history::screen::",
    "::features::notifications::screen::page::",
    "::features::passcode::screen::",
    "::features::shared_computer::screen::warning::",
    "::shell::later::",
];

/// The module from which the later part imports.
pub(crate) const FIRST: &str = "first";
/// What the exports begin with that are there for the later part. No name of wasm-bindgen begins so.
pub(crate) const SHARED: char = '.';

const CUSTOM: u8 = 0;
const TYPES: u8 = 1;
const IMPORTS: u8 = 2;
const FUNCTIONS: u8 = 3;
const TABLES: u8 = 4;
const MEMORIES: u8 = 5;
const GLOBALS: u8 = 6;
const EXPORTS: u8 = 7;
const START: u8 = 8;
const ELEMENTS: u8 = 9;
const CODE: u8 = 10;

const FUNCTION: u8 = 0;
const TABLE: u8 = 1;
const MEMORY: u8 = 2;
const GLOBAL: u8 = 3;

/// The body that traps: no locals, `unreachable`, `end`.
const TRAP: &[u8] = &[0, 0x00, 0x0b];

/// A module in two parts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) first: Vec<u8>,
    pub(crate) later: Vec<u8>,
    /// How many functions are in the later part.
    pub(crate) moved: usize,
}

/// Splits a module that has a name section. `None` when it has a form that the compiler and wasm-opt do not give it.
pub(crate) fn split(module: &[u8]) -> Option<Parts> {
    let module = Module::read(module)?;
    let later = module.later()?;
    Some(Parts { moved: later.len(), later: module.later_part(&later)?, first: module.first_part(&later)? })
}

/// The functions, tables, memories and globals that a part imports from the first part, by their names there.
pub(crate) fn imports_from_first(part: &[u8]) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for (id, section) in super::wasm::sections(part)? {
        if id != IMPORTS {
            continue;
        }
        let mut reader = Reader::new(section);
        for _ in 0..reader.number()? {
            let (from, name) = (reader.text()?, reader.text()?);
            if from != FIRST {
                return None;
            }
            names.insert(name.to_owned());
            skip_import_type(&mut reader)?;
        }
    }
    Some(names)
}

fn skip_import_type(reader: &mut Reader<'_>) -> Option<()> {
    match reader.byte()? {
        FUNCTION => reader.skip_number(),
        TABLE => {
            reader.byte()?;
            skip_limits(reader)
        }
        MEMORY => skip_limits(reader),
        GLOBAL => reader.bytes(2).map(drop),
        _ => None,
    }
}

fn skip_limits(reader: &mut Reader<'_>) -> Option<()> {
    let has_maximum = reader.byte()? & 1 == 1;
    reader.skip_number()?;
    if has_maximum { reader.skip_number() } else { Some(()) }
}

/// A run of functions in the first table.
struct Segment {
    offset: usize,
    functions: Vec<usize>,
}

/// A module as far as it has to be understood.
struct Module<'a> {
    sections: Vec<(u8, &'a [u8])>,
    imported: usize,
    /// The type of each function, the imported ones first.
    types: Vec<usize>,
    bodies: Vec<Body<'a>>,
    names: BTreeMap<usize, &'a str>,
    segments: Vec<Segment>,
    exported: Vec<(&'a str, u8, usize)>,
    start: Option<usize>,
    /// The types of the first table and the memory, and of every global, as they are written.
    table: &'a [u8],
    memory: &'a [u8],
    globals: Vec<&'a [u8]>,
}

impl<'a> Module<'a> {
    fn read(module: &'a [u8]) -> Option<Self> {
        let sections = super::wasm::sections(module)?;
        let mut read = Self {
            sections,
            imported: 0,
            types: Vec::new(),
            bodies: Vec::new(),
            names: BTreeMap::new(),
            segments: Vec::new(),
            exported: Vec::new(),
            start: None,
            table: &[],
            memory: &[],
            globals: Vec::new(),
        };
        for (id, section) in read.sections.clone() {
            read.section(id, Reader::new(section))?;
        }
        Some(read)
    }

    fn section(&mut self, id: u8, mut reader: Reader<'a>) -> Option<()> {
        match id {
            CUSTOM if reader.text()? == "name" => return self.read_names(reader),
            START => self.start = Some(reader.number()?),
            IMPORTS | FUNCTIONS | TABLES | MEMORIES | GLOBALS | EXPORTS | ELEMENTS | CODE => {
                for place in 0..reader.number()? {
                    self.item(id, place, &mut reader)?;
                }
            }
            _ => {}
        }
        Some(())
    }

    fn item(&mut self, id: u8, place: usize, reader: &mut Reader<'a>) -> Option<()> {
        match id {
            IMPORTS => {
                let (_from, _name) = (reader.text()?, reader.text()?);
                if reader.byte()? != FUNCTION {
                    return None;
                }
                self.imported += 1;
                self.types.push(reader.number()?);
            }
            FUNCTIONS => self.types.push(reader.number()?),
            TABLES => {
                let table = reader.taken(|reader| {
                    reader.byte()?;
                    skip_limits(reader)
                })?;
                if place == 0 {
                    self.table = table;
                }
            }
            MEMORIES => self.memory = reader.taken(skip_limits)?,
            GLOBALS => {
                self.globals.push(reader.bytes(2)?);
                skip_expression(reader)?;
            }
            EXPORTS => self.exported.push((reader.text()?, reader.byte()?, reader.number()?)),
            ELEMENTS => {
                // Active, the first table, an i32.const: what the compiler makes of function pointers.
                let (kind, constant) = (reader.number()?, reader.byte()?);
                let (offset, end) = (reader.number()?, reader.byte()?);
                if (kind, constant, end) != (0, 0x41, 0x0b) {
                    return None;
                }
                let count = reader.number()?;
                let functions = (0..count).map(|_| reader.number()).collect::<Option<_>>()?;
                self.segments.push(Segment { offset, functions });
            }
            CODE => {
                let length = reader.number()?;
                self.bodies.push(Body::read(reader.bytes(length)?)?);
            }
            _ => {}
        }
        Some(())
    }

    fn read_names(&mut self, mut reader: Reader<'a>) -> Option<()> {
        const OF_FUNCTIONS: u8 = 1;
        while !reader.is_at_end() {
            let (id, length) = (reader.byte()?, reader.number()?);
            let mut part = Reader::new(reader.bytes(length)?);
            if id == OF_FUNCTIONS {
                for _ in 0..part.number()? {
                    self.names.insert(part.number()?, part.text()?);
                }
            }
        }
        Some(())
    }

    fn is_named_later(&self, function: usize) -> bool {
        self.names.get(&function).is_some_and(|name| LATER.iter().any(|path| name.contains(path)))
    }

    /// The functions of the later part: all that the first part does not reach.
    fn later(&self) -> Option<BTreeSet<usize>> {
        let exported =
            self.exported.iter().filter(|(_, kind, _)| *kind == FUNCTION).map(|(_, _, index)| *index);
        let in_table = self.segments.iter().flat_map(|segment| segment.functions.iter().copied());
        let in_table = in_table.filter(|function| !self.is_named_later(*function));
        let bound = self.bodies.iter().enumerate().filter(|(_, body)| body.is_bound);
        let bound = bound.map(|(place, _)| place + self.imported);
        let mut open: Vec<usize> = exported.chain(self.start).chain(in_table).chain(bound).collect();
        let mut first = BTreeSet::new();
        while let Some(function) = open.pop() {
            if first.insert(function)
                && let Some(place) = function.checked_sub(self.imported)
            {
                open.extend(self.bodies.get(place)?.calls.iter().map(|call| call.function));
            }
        }
        Some((self.imported..self.types.len()).filter(|function| !first.contains(function)).collect())
    }

    /// What the later part imports: each function of the first part that it calls.
    fn called(&self, later: &BTreeSet<usize>) -> BTreeSet<usize> {
        let bodies = later.iter().filter_map(|function| self.body(*function));
        let calls = bodies.flat_map(|body| body.calls.iter().map(|call| call.function));
        calls.filter(|function| !later.contains(function)).collect()
    }

    fn body(&self, function: usize) -> Option<&Body<'a>> {
        self.bodies.get(function.checked_sub(self.imported)?)
    }

    /// The module with traps for the later functions, and exports for what these need.
    fn first_part(&self, later: &BTreeSet<usize>) -> Option<Vec<u8>> {
        let mut part = header();
        for (id, section) in &self.sections {
            match *id {
                CUSTOM => {}
                EXPORTS => {
                    let called = self.called(later);
                    let mut exports = Vec::new();
                    write_number(self.exported.len() + called.len() + 2 + self.globals.len(), &mut exports);
                    let own =
                        self.exported.iter().map(|(name, kind, index)| ((*name).to_owned(), *kind, *index));
                    for (name, kind, index) in own.chain(self.shared(&called)) {
                        write_text(&name, &mut exports);
                        exports.push(kind);
                        write_number(index, &mut exports);
                    }
                    write_section(EXPORTS, &exports, &mut part);
                }
                CODE => {
                    let mut code = Vec::new();
                    write_number(self.bodies.len(), &mut code);
                    for (place, body) in self.bodies.iter().enumerate() {
                        let is_later = later.contains(&(place + self.imported));
                        let bytes = if is_later { TRAP } else { body.bytes };
                        write_number(bytes.len(), &mut code);
                        code.extend_from_slice(bytes);
                    }
                    write_section(CODE, &code, &mut part);
                }
                id => write_section(id, section, &mut part),
            }
        }
        Some(part)
    }

    /// What the first part gives to the later one: name, kind, index.
    fn shared(&self, called: &BTreeSet<usize>) -> Vec<(String, u8, usize)> {
        let functions = called
            .iter()
            .enumerate()
            .map(|(place, function)| (format!("{SHARED}{place}"), FUNCTION, *function));
        let globals = (0..self.globals.len()).map(|place| (format!("{SHARED}g{place}"), GLOBAL, place));
        let own = [(format!("{SHARED}t"), TABLE, 0), (format!("{SHARED}m"), MEMORY, 0)];
        functions.chain(own).chain(globals).collect()
    }

    fn later_part(&self, later: &BTreeSet<usize>) -> Option<Vec<u8>> {
        let called = self.called(later);
        let mut index: BTreeMap<usize, usize> = BTreeMap::new();
        for (new, old) in called.iter().chain(later).enumerate() {
            index.insert(*old, new);
        }
        let mut part = header();
        let types = self.sections.iter().find(|(id, _)| *id == TYPES)?.1;
        write_section(TYPES, types, &mut part);
        write_section(IMPORTS, &self.imports_of_later(&called)?, &mut part);
        let mut functions = Vec::new();
        write_number(later.len(), &mut functions);
        for function in later {
            write_number(*self.types.get(*function)?, &mut functions);
        }
        write_section(FUNCTIONS, &functions, &mut part);
        write_section(ELEMENTS, &self.elements_of_later(later, &index)?, &mut part);
        let mut code = Vec::new();
        write_number(later.len(), &mut code);
        for function in later {
            let body = renumbered(self.body(*function)?, &index)?;
            write_number(body.len(), &mut code);
            code.extend_from_slice(&body);
        }
        write_section(CODE, &code, &mut part);
        Some(part)
    }

    fn imports_of_later(&self, called: &BTreeSet<usize>) -> Option<Vec<u8>> {
        let shared = self.shared(called);
        let mut imports = Vec::new();
        write_number(shared.len(), &mut imports);
        for (name, kind, index) in shared {
            write_text(FIRST, &mut imports);
            write_text(&name, &mut imports);
            imports.push(kind);
            match kind {
                FUNCTION => write_number(*self.types.get(index)?, &mut imports),
                TABLE => imports.extend_from_slice(self.table),
                MEMORY => imports.extend_from_slice(self.memory),
                _ => imports.extend_from_slice(self.globals.get(index)?),
            }
        }
        Some(imports)
    }

    /// The places of the table that the later part fills: one segment for each run of neighbours.
    fn elements_of_later(&self, later: &BTreeSet<usize>, index: &BTreeMap<usize, usize>) -> Option<Vec<u8>> {
        let mut runs: Vec<(usize, Vec<usize>)> = Vec::new();
        for segment in &self.segments {
            for (place, function) in segment.functions.iter().enumerate() {
                if !later.contains(function) {
                    continue;
                }
                let slot = segment.offset + place;
                let function = *index.get(function)?;
                match runs.last_mut() {
                    Some((start, run)) if *start + run.len() == slot => run.push(function),
                    _ => runs.push((slot, vec![function])),
                }
            }
        }
        let mut elements = Vec::new();
        write_number(runs.len(), &mut elements);
        for (slot, functions) in runs {
            elements.extend_from_slice(&[0, 0x41]);
            write_signed(slot, &mut elements);
            elements.push(0x0b);
            write_number(functions.len(), &mut elements);
            functions.iter().for_each(|function| write_number(*function, &mut elements));
        }
        Some(elements)
    }
}

fn header() -> Vec<u8> {
    b"\0asm\x01\0\0\0".to_vec()
}

/// The body with every call led to the function's new index.
fn renumbered(body: &Body<'_>, index: &BTreeMap<usize, usize>) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(body.bytes.len());
    let mut from = 0;
    for call in &body.calls {
        bytes.extend_from_slice(body.bytes.get(from..call.at)?);
        write_number(*index.get(&call.function)?, &mut bytes);
        from = call.at + call.length;
    }
    bytes.extend_from_slice(body.bytes.get(from..)?);
    Some(bytes)
}

/// A number that is not negative as signed LEB128: with a further byte where the sign bit would be set.
fn write_signed(value: usize, bytes: &mut Vec<u8>) {
    write_number(value, bytes);
    if let Some(last) = bytes.last_mut()
        && *last & 0x40 != 0
    {
        *last |= 0x80;
        bytes.push(0);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    const SHOW: &str = "passcode_portal[1a]::pages::later::show";

    /// A function: its name and the functions it calls.
    type Function = (&'static str, &'static [u8]);

    /// A module with one imported function (0), these defined ones (from 1), the first of them exported as `main`, and
    /// `table` from place 1 of the table.
    fn module(functions: &[Function], table: &[u8]) -> Vec<u8> {
        let count = u8::try_from(functions.len()).unwrap();
        let mut bytes = header();
        write_section(TYPES, &[1, 0x60, 0, 0], &mut bytes);
        write_section(IMPORTS, b"\x01\x01h\x01f\x00\x00", &mut bytes);
        let mut types = vec![count];
        types.extend(functions.iter().map(|_| 0));
        write_section(FUNCTIONS, &types, &mut bytes);
        write_section(TABLES, &[1, 0x70, 1, 9, 9], &mut bytes);
        write_section(MEMORIES, &[1, 0, 1], &mut bytes);
        write_section(GLOBALS, &[1, 0x7f, 1, 0x41, 0, 0x0b], &mut bytes);
        write_section(EXPORTS, b"\x01\x04main\x00\x01", &mut bytes);
        let mut elements = vec![1, 0, 0x41, 1, 0x0b, u8::try_from(table.len()).unwrap()];
        elements.extend(table);
        write_section(ELEMENTS, &elements, &mut bytes);
        let mut code = vec![count];
        for (_, calls) in functions {
            code.push(u8::try_from(2 * calls.len() + 2).unwrap());
            code.push(0);
            code.extend(calls.iter().flat_map(|call| [0x10, *call]));
            code.push(0x0b);
        }
        write_section(CODE, &code, &mut bytes);
        let mut names = vec![count];
        for (place, (name, _)) in functions.iter().enumerate() {
            names.push(u8::try_from(place + 1).unwrap());
            write_text(name, &mut names);
        }
        let mut custom = Vec::new();
        write_text("name", &mut custom);
        write_section(1, &names, &mut custom);
        write_section(CUSTOM, &custom, &mut bytes);
        bytes
    }

    fn later_of(functions: &[Function], table: &[u8]) -> Vec<usize> {
        let module = module(functions, table);
        Module::read(&module).unwrap().later().unwrap().into_iter().collect()
    }

    fn section(module: &[u8], wanted: u8) -> Vec<u8> {
        let sections = crate::dist::wasm::sections(module).unwrap();
        sections.into_iter().find(|(id, _)| *id == wanted).unwrap().1.to_vec()
    }

    #[test]
    fn a_later_function_in_the_table_moves_with_what_only_it_calls() {
        let functions = [("main", &[2][..]), ("shared", &[]), (SHOW, &[2, 4]), ("helper", &[0])];
        assert_eq!(later_of(&functions, &[3]), [3, 4]);
    }

    #[test]
    fn a_later_function_that_the_first_part_calls_stays_with_all_it_calls() {
        let functions = [("main", &[2][..]), (SHOW, &[3]), ("a::pages::later::device", &[])];
        assert_eq!(later_of(&functions, &[2, 3]), [] as [usize; 0]);
    }

    #[test]
    fn a_function_in_the_table_without_a_later_name_stays() {
        let functions =
            [("main", &[][..]), ("a::pages::laterally::f", &[]), ("a::browser::later::load", &[])];
        assert_eq!(later_of(&functions, &[2, 3]), [] as [usize; 0]);
    }

    #[test]
    fn closures_and_glue_of_later_screens_are_later() {
        for name in [
            "<passcode_portal[1a]::pages::later::device::shown::{closure#3} as core[2b]::ops::FnOnce<()>>::call_once",
            "core[2b]::ptr::drop_in_place::<alloc[3c]::Box<passcode_portal[1a]::components::later::dialog::X>>",
        ] {
            assert_eq!(later_of(&[("main", &[]), (name, &[])], &[2]), [2], "{name}");
        }
    }

    #[test]
    fn the_first_part_traps_in_place_of_what_moved_and_exports_what_that_needs() {
        let functions = [("main", &[2][..]), ("shared", &[]), (SHOW, &[0, 2, 4]), ("helper", &[])];
        let parts = split(&module(&functions, &[2, 3])).unwrap();
        assert_eq!(parts.moved, 2);
        assert_eq!(
            section(&parts.first, CODE),
            [4, 4, 0, 0x10, 2, 0x0b, 2, 0, 0x0b, 3, 0, 0, 0x0b, 3, 0, 0, 0x0b]
        );
        let exports = crate::dist::exports::exports(&parts.first).unwrap();
        assert_eq!(exports, ["main", ".0", ".1", ".t", ".m", ".g0"]);
        let needed: Vec<String> = imports_from_first(&parts.later).unwrap().into_iter().collect();
        assert_eq!(needed, [".0", ".1", ".g0", ".m", ".t"]);
    }

    #[test]
    fn the_later_part_calls_by_its_own_numbers_and_fills_its_places() {
        let functions = [("main", &[2][..]), ("shared", &[]), (SHOW, &[0, 2, 4]), ("helper", &[])];
        let parts = split(&module(&functions, &[2, 3])).unwrap();
        // 0 and 1 are the imported host function and `shared`; 2 is the screen, 3 its helper.
        assert_eq!(section(&parts.later, CODE), [2, 8, 0, 0x10, 0, 0x10, 1, 0x10, 3, 0x0b, 2, 0, 0x0b],);
        assert_eq!(section(&parts.later, ELEMENTS), [1, 0, 0x41, 2, 0x0b, 1, 2]);
        assert_eq!(section(&parts.later, FUNCTIONS), [2, 0, 0]);
    }

    #[test]
    fn a_place_beyond_63_is_not_taken_for_a_negative_one() {
        let mut bytes = Vec::new();
        [63, 64, 300, 8191, 8192].into_iter().for_each(|value| write_signed(value, &mut bytes));
        assert_eq!(bytes, [63, 0xc0, 0, 0xac, 2, 0xff, 0x3f, 0x80, 0xc0, 0]);
    }

    #[test]
    fn what_is_no_module_is_not_split_and_an_import_from_elsewhere_is_refused() {
        let whole = module(&[("main", &[])], &[]);
        assert_eq!(split(b"<html>"), None);
        assert_eq!(split(&whole[..whole.len() - 1]), None);
        assert_eq!(imports_from_first(&whole), None);
    }
}
