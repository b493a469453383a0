//! JSON text (RFC 8259) as a value, and a text as JSON.
//!
//! The page reads a dozen small documents and one long list, and what it needs of numbers are whole ones. `serde_json` brought
//! reading and writing of floating-point numbers with their tables, errors with lines and columns, and `std::io`: about 7 kB
//! of a first visit (docs/adr/0054). What is accepted is what `serde_json` accepts (`tests/json_values.rs` compares them), the depth
//! of 127 included; only a number too large for a float is a number here.

/// How deep arrays and objects may be nested, plus one: what is read by recursion must not exhaust the stack.
const DEPTH: u8 = 128;

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text, with its escapes resolved.
    String(String),
    /// A list.
    Array(Vec<Self>),
    /// Fields by their names.
    Object(Object),
}

/// A number as it is written, because a float would lose digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number(String);

/// The fields of an object by their names; of two with the same name the later one counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Object(Vec<(String, Value)>);

impl Object {
    fn new(mut fields: Vec<(String, Value)>) -> Self {
        fields.reverse();
        // Stable, so that the later of two stays before the earlier, which goes.
        fields.sort_by(|(one, _), (other, _)| one.cmp(other));
        fields.dedup_by(|(later, _), (earlier, _)| later == earlier);
        Self(fields)
    }

    /// A field by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        let place = self.0.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    /// The fields in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl Value {
    /// Reads a whole text; `None` when it is no JSON.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(DEPTH)?;
        reader.space();
        (reader.at == text.len()).then_some(value)
    }

    /// Whether it is `null`.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is a truth value.
    #[must_use]
    pub const fn is_boolean(&self) -> bool {
        matches!(self, Self::Bool(_))
    }

    /// Whether it is a text.
    #[must_use]
    pub const fn is_string(&self) -> bool {
        matches!(self, Self::String(_))
    }

    /// Whether it is a list.
    #[must_use]
    pub const fn is_array(&self) -> bool {
        matches!(self, Self::Array(_))
    }

    /// Whether it is an object.
    #[must_use]
    pub const fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// The truth value, if it is one.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(flag) = self { Some(*flag) } else { None }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The text, or a number as it is written.
    #[must_use]
    pub fn as_written(&self) -> Option<&str> {
        if let Self::Number(number) = self { Some(&number.0) } else { self.as_str() }
    }

    /// The list, if it is one.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(list) = self { Some(list) } else { None }
    }

    /// The object, if it is one.
    #[must_use]
    pub const fn as_object(&self) -> Option<&Object> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// A number that is written as a whole one.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        if let Self::Number(number) = self { number.0.parse().ok() } else { None }
    }

    /// A number rounded down; one beyond the range is at its edge.
    #[must_use]
    pub fn floor(&self) -> Option<i64> {
        if let Self::Number(number) = self { Some(floor(&number.0)) } else { None }
    }

    /// A field of an object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }
}

/// A text as JSON, with its quotation marks.
#[must_use]
pub fn quoted(text: &str) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let mut json = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            '\0'..='\u{1f}' => {
                json.push_str("\\u00");
                let code = character as usize;
                json.extend([code / 16, code % 16].iter().filter_map(|digit| DIGITS.get(*digit)));
            }
            _ => json.push(character),
        }
    }
    json.push('"');
    json
}

/// The number of a JSON number rounded down, by its digits: sign, whole part, fraction, exponent.
fn floor(number: &str) -> i64 {
    let (is_negative, number) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    // Too many digits to be read: far beyond, in one of the two directions.
    let beyond = if exponent.starts_with('-') { i64::MIN } else { i64::MAX };
    let length = i64::try_from(whole.len()).unwrap_or(i64::MAX);
    let point = exponent.parse().unwrap_or(beyond).saturating_add(length);
    let digits = || whole.bytes().chain(fraction.bytes()).map(|digit| i64::from(digit - b'0'));
    if digits().all(|digit| digit == 0) {
        return 0;
    }
    let (mut magnitude, mut is_exact, mut places) = (0_i64, true, 0_i64);
    for digit in digits() {
        if places < point {
            magnitude = magnitude.saturating_mul(10).saturating_add(digit);
            places += 1;
        } else {
            is_exact &= digit == 0;
        }
    }
    // Zeros that are not written; after nineteen of them nothing changes any more.
    for _ in 0..point.saturating_sub(places).min(19) {
        magnitude = magnitude.saturating_mul(10);
    }
    match (is_negative, is_exact) {
        (false, _) => magnitude,
        (true, _) if magnitude == i64::MAX => i64::MIN,
        (true, true) => -magnitude,
        (true, false) => -magnitude - 1,
    }
}

/// Reads from `at` on; each method leaves it behind what it has read.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Whether this byte comes next; it is taken.
    fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn while_next(&mut self, is_wanted: fn(u8) -> bool) -> &'a str {
        let start = self.at;
        while self.peek().is_some_and(is_wanted) {
            self.at += 1;
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn space(&mut self) {
        self.while_next(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    fn value(&mut self, depth: u8) -> Option<Value> {
        self.space();
        match self.peek()? {
            b'"' => self.string().map(Value::String),
            b'[' => self.array(deeper(depth)?).map(Value::Array),
            b'{' => self.object(deeper(depth)?).map(Value::Object),
            b'-' | b'0'..=b'9' => self.number().map(Value::Number),
            _ => match self.while_next(|byte| byte.is_ascii_lowercase()) {
                "null" => Some(Value::Null),
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                _ => None,
            },
        }
    }

    /// Whether the list goes on after one of its entries; `None` when it neither does nor ends.
    fn goes_on(&mut self, end: u8) -> Option<bool> {
        self.space();
        if self.takes(b',') { Some(true) } else { self.takes(end).then_some(false) }
    }

    fn array(&mut self, depth: u8) -> Option<Vec<Value>> {
        self.at += 1;
        let mut list = Vec::new();
        self.space();
        if self.takes(b']') {
            return Some(list);
        }
        loop {
            list.push(self.value(depth)?);
            if !self.goes_on(b']')? {
                return Some(list);
            }
        }
    }

    fn object(&mut self, depth: u8) -> Option<Object> {
        self.at += 1;
        let mut fields = Vec::new();
        self.space();
        if self.takes(b'}') {
            return Some(Object::default());
        }
        loop {
            self.space();
            let name = self.string()?;
            self.space();
            if !self.takes(b':') {
                return None;
            }
            fields.push((name, self.value(depth)?));
            if !self.goes_on(b'}')? {
                return Some(Object::new(fields));
            }
        }
    }

    fn number(&mut self) -> Option<Number> {
        let start = self.at;
        self.takes(b'-');
        let whole = self.digits()?;
        if whole.len() > 1 && whole.starts_with('0') {
            return None;
        }
        if self.takes(b'.') {
            self.digits()?;
        }
        if self.takes(b'e') || self.takes(b'E') {
            let _signed = self.takes(b'+') || self.takes(b'-');
            self.digits()?;
        }
        Some(Number(self.text.get(start..self.at)?.to_owned()))
    }

    fn digits(&mut self) -> Option<&'a str> {
        Some(self.while_next(|byte| byte.is_ascii_digit())).filter(|digits| !digits.is_empty())
    }

    fn string(&mut self) -> Option<String> {
        if !self.takes(b'"') {
            return None;
        }
        let mut text = String::new();
        loop {
            text.push_str(self.while_next(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)));
            if self.takes(b'"') {
                return Some(text);
            }
            if !self.takes(b'\\') {
                return None;
            }
            text.push(self.escaped()?);
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += 1;
        Some(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.unit()?;
                if !(0xd800..0xdc00).contains(&unit) {
                    return char::from_u32(unit);
                }
                let is_pair = self.takes(b'\\') && self.takes(b'u');
                let low = self.unit().filter(|low| is_pair && (0xdc00..0xe000).contains(low))?;
                return char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
            }
            _ => return None,
        })
    }

    /// Four hexadecimal digits: a unit of UTF-16.
    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        let is_number = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        u32::from_str_radix(digits, 16).ok().filter(|_| is_number)
    }
}

fn deeper(depth: u8) -> Option<u8> {
    depth.checked_sub(1).filter(|depth| *depth > 0)
}
