//! The audit record as a chain: every line carries a hash of its own content and of the line before, so that a changed,
//! removed, inserted or moved line shows. Pure; `docs/adr/0019-audit-chain.md` has the reasons.
//!
//! Without a key the hash is SHA-256: whoever can write the database can compute the whole chain anew, and only a head
//! that was kept elsewhere tells. With a key it is HMAC-SHA-256 (RFC 2104): computing it anew takes the key as well.
//!
//! What is hashed, version 1: the domain, the hash of the line before (32 zero bytes before the first), sequence and time
//! as 8 bytes, most significant first, then nine fields in a fixed order, each as `0` when absent or `1`, its length in 4
//! bytes and its bytes. Every field has its length, so no two different lines are the same bytes.
//!
//! A line is linked after it was saved, by whoever holds the chain. Until then it *waits*: a seal of its own, over a random
//! nonce and the same fields, says that the server wrote it.

use super::audit::AuditEvent;
use super::secret_key::{KeyId, KeyRing, SecretKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// Keeps the chain's hashes apart from every other hash, and names the version of the encoding.
const DOMAIN: &[u8] = b"passcode-portal/audit-line/1\n";
/// Keeps seals of single lines apart from links.
const SEAL_DOMAIN: &[u8] = b"passcode-portal/audit-seal/1\n";
/// Length of a hash, in bytes.
pub const HASH_BYTES: usize = 32;
/// Length of the nonce of a seal, in bytes.
pub const NONCE_BYTES: usize = 16;

/// The hash of a line and, through it, of all before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineHash(pub [u8; HASH_BYTES]);

impl LineHash {
    /// What stands before the first line.
    pub const NOTHING: Self = Self([0; HASH_BYTES]);

    /// Reads 64 hexadecimal digits, of either case; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; HASH_BYTES];
        let read = base16ct::mixed::decode(text, &mut bytes).ok()?.len();
        (read == HASH_BYTES).then_some(Self(bytes))
    }
}

impl std::fmt::Display for LineHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&base16ct::lower::encode_string(&self.0))
    }
}

/// A line as it is stored, read without interpreting it: what is checked is what is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditLine {
    /// Its place, from 1, without gaps.
    pub sequence: i64,
    /// When, in milliseconds since the Unix epoch.
    pub at: i64,
    /// The event's name.
    pub event: String,
    /// Who.
    pub person: Option<String>,
    /// Which device.
    pub device: Option<String>,
    /// Which reset.
    pub result_id: Option<String>,
    /// From which address.
    pub address: Option<String>,
    /// Which request.
    pub request: Option<String>,
    /// Which browser.
    pub browser: Option<String>,
    /// Which system.
    pub system: Option<String>,
    /// With what result.
    pub result: String,
}

impl AuditLine {
    fn encoded(&self, domain: &[u8], previous: &[u8]) -> Vec<u8> {
        let mut bytes = [domain, previous, &self.sequence.to_be_bytes(), &self.at.to_be_bytes()].concat();
        let fields = [
            Some(&self.event),
            self.person.as_ref(),
            self.device.as_ref(),
            self.result_id.as_ref(),
            self.address.as_ref(),
            self.request.as_ref(),
            self.browser.as_ref(),
            self.system.as_ref(),
            Some(&self.result),
        ];
        for field in fields {
            match field {
                None => bytes.push(0),
                Some(text) => {
                    bytes.push(1);
                    // A field of 4 GiB does not exist: SQLite's limit is a quarter of that.
                    bytes.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
                    bytes.extend(text.as_bytes());
                }
            }
        }
        bytes
    }
}

/// The hash of a line that follows `previous`.
#[must_use]
pub fn hash(previous: LineHash, line: &AuditLine, key: Option<&SecretKey>) -> LineHash {
    digest(&line.encoded(DOMAIN, &previous.0), key)
}

/// The seal of a line that is not linked yet.
#[must_use]
pub fn seal(nonce: &[u8; NONCE_BYTES], line: &AuditLine, key: Option<&SecretKey>) -> LineHash {
    digest(&line.encoded(SEAL_DOMAIN, nonce), key)
}

fn digest(bytes: &[u8], key: Option<&SecretKey>) -> LineHash {
    let digest = match key {
        None => Sha256::digest(bytes),
        Some(key) => sealed(key, bytes),
    };
    LineHash(digest.into())
}

/// HMAC-SHA-256. A key shorter than a block is filled up with zeros (RFC 2104 section 2).
fn sealed(key: &SecretKey, bytes: &[u8]) -> sha2::digest::Output<Sha256> {
    let mut block = Zeroizing::new([0; 64]);
    for (place, byte) in block.iter_mut().zip(key.reveal()) {
        *place = *byte;
    }
    Hmac::<Sha256>::new((&*block).into()).chain_update(bytes).finalize().into_bytes()
}

/// How a line is linked to those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The key, where there was one.
    pub key: Option<KeyId>,
    /// The hash.
    pub hash: LineHash,
}

/// How a line stands in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Linked to those before it.
    Linked(Link),
    /// Not linked yet; sealed by itself.
    Waiting {
        /// What the seal is over, beside the line.
        nonce: [u8; NONCE_BYTES],
        /// The seal and its key.
        seal: Link,
    },
    /// Neither: the server did not write it.
    Bare,
}

/// The end of a chain, or any place in it: enough to prove later that everything up to there is unchanged. Kept outside
/// the database it is an *anchor*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The last line; 0 when there is none.
    pub sequence: i64,
    /// Its hash.
    pub hash: LineHash,
}

impl Head {
    /// Before the first line.
    pub const START: Self = Self { sequence: 0, hash: LineHash::NOTHING };

    /// Reads what [`Head`]'s `Display` writes: the sequence, a colon, 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (sequence, hash) = text.trim().split_once(':')?;
        let sequence = sequence.parse().ok().filter(|sequence| *sequence >= 0)?;
        Some(Self { sequence, hash: LineHash::parse(hash)? })
    }
}

impl std::fmt::Display for Head {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.sequence, self.hash)
    }
}

/// Where and how a chain is broken: the first place only, because everything after it hangs on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// A line is missing, or stands elsewhere.
    Missing(i64),
    /// A line comes twice or too late.
    OutOfPlace(i64),
    /// A line has no hash.
    Unlinked(i64),
    /// A line, or something before it, is not what it was when it was written.
    Changed(i64),
    /// A line needs a key that is not there.
    UnknownKey(i64, KeyId),
    /// A line is sealed with an older key than a line before it, or with none: somebody without the current key wrote it.
    WeakerKey(i64),
    /// A line is sealed, the one before with another key or with none, and it is not the line by which an operator
    /// answers for what is before it.
    NotAttested(i64),
    /// The newest line is sealed with an older key than the current one.
    NotCurrentKey(i64),
    /// A key is configured, and not one line of a whole record is sealed: their number.
    NotSealed(u64),
    /// The chain ends before the anchor: lines at the end are gone.
    EndsBefore(Head),
    /// The chain has another hash where the anchor is.
    NotTheAnchor(Head),
    /// It cannot be read as a line at all.
    Unreadable(i64),
}

impl Broken {
    /// A stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "audit.line_missing",
            Self::OutOfPlace(_) => "audit.line_out_of_place",
            Self::Unlinked(_) => "audit.line_without_hash",
            Self::Changed(_) => "audit.line_changed",
            Self::UnknownKey(..) => "audit.key_unknown",
            Self::WeakerKey(_) => "audit.key_weaker",
            Self::NotAttested(_) => "audit.key_not_attested",
            Self::NotCurrentKey(_) => "audit.key_not_current",
            Self::NotSealed(_) => "audit.not_sealed",
            Self::EndsBefore(_) => "audit.end_missing",
            Self::NotTheAnchor(_) => "audit.anchor_differs",
            Self::Unreadable(_) => "audit.line_unreadable",
        }
    }
}

impl std::fmt::Display for Broken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: ", self.code())?;
        match self {
            Self::Missing(line) => write!(formatter, "line {line} is missing"),
            Self::OutOfPlace(line) => write!(formatter, "line {line} stands twice or in the wrong place"),
            Self::Unlinked(line) => {
                write!(formatter, "line {line} has no hash: it was not written by the server")
            }
            Self::Changed(line) => {
                write!(
                    formatter,
                    "line {line} was changed, or the line before it was replaced, or it was sealed with a key \
                     that only looks like the configured one"
                )
            }
            Self::UnknownKey(line, key) => {
                write!(formatter, "line {line} is sealed with key {key}: add that key to the audit keys")
            }
            Self::WeakerKey(line) => {
                write!(
                    formatter,
                    "line {line} is sealed with an older key than a line before it, or with none"
                )
            }
            Self::NotAttested(line) => write!(
                formatter,
                "line {line} is sealed with another key than the line before it, or the first that is sealed, and \
                 nobody answered for the lines before: they may have been rewritten"
            ),
            Self::NotCurrentKey(line) => {
                write!(
                    formatter,
                    "line {line} is the newest and sealed with an older key than the current one: if you changed the \
                     key, answer for the lines until here with `portal-server audit seal`; otherwise the end was \
                     written by somebody who has the older key only"
                )
            }
            Self::NotSealed(lines) => write!(
                formatter,
                "a key is configured and none of {lines} lines is sealed: if there was no key until now, compare the \
                 head with one noted down earlier and answer for these lines with `portal-server audit seal`; \
                 otherwise the record was rewritten by somebody without the key"
            ),
            Self::EndsBefore(anchor) => write!(
                formatter,
                "the record ends before line {}, which was there when the anchor was taken: lines at the end were \
                 removed, or the database is an older copy",
                anchor.sequence
            ),
            Self::NotTheAnchor(anchor) => {
                write!(
                    formatter,
                    "line {} has another hash than the anchor: it was rewritten",
                    anchor.sequence
                )
            }
            Self::Unreadable(line) => write!(formatter, "line {line} cannot be read"),
        }
    }
}

/// What a whole chain turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole {
    /// Its end: what to keep elsewhere.
    pub head: Head,
    /// How many lines were checked.
    pub lines: u64,
    /// How many of them are sealed with a key.
    pub sealed: u64,
    /// How many at the end are not linked yet: the head does not speak for them.
    pub waiting: u64,
}

/// Checks a chain line by line.
#[derive(Debug)]
pub struct Verifier<'keys> {
    keys: Option<&'keys KeyRing>,
    anchor: Option<Head>,
    whole: Whole,
    /// The last line, linked or not.
    last: i64,
    last_key: Option<KeyId>,
    /// Whether the key of the line before is known.
    knows_last_key: bool,
}

impl<'keys> Verifier<'keys> {
    /// Begins after `start`, which is [`Head::START`] for a whole record. The anchor is a head that was seen before.
    #[must_use]
    pub const fn new(start: Head, keys: Option<&'keys KeyRing>, anchor: Option<Head>) -> Self {
        let whole = Whole { head: start, lines: 0, sealed: 0, waiting: 0 };
        Self { keys, anchor, whole, last: start.sequence, last_key: None, knows_last_key: false }
    }

    /// Goes on after the newest linked line, whose key is known: for the lines that wait.
    #[must_use]
    pub fn going_on(head: Head, last_key: Option<KeyId>, keys: Option<&'keys KeyRing>) -> Self {
        Self { last_key, knows_last_key: head != Head::START, ..Self::new(head, keys, None) }
    }

    /// Checks the next line.
    ///
    /// # Errors
    /// [`Broken`]; the chain is not worth looking at any further.
    pub fn check(&mut self, line: &AuditLine, standing: &Standing) -> Result<(), Broken> {
        let expected = self.last.saturating_add(1);
        if line.sequence > expected {
            return Err(Broken::Missing(expected));
        }
        if line.sequence < expected {
            return Err(Broken::OutOfPlace(line.sequence));
        }
        let link = match standing {
            // Lines are linked in their order: none waits before one that is linked.
            Standing::Linked(_) if self.whole.waiting > 0 => {
                return Err(Broken::Unlinked(self.whole.head.sequence.saturating_add(1)));
            }
            Standing::Linked(link) | Standing::Waiting { seal: link, .. } => link,
            Standing::Bare => return Err(Broken::Unlinked(expected)),
        };
        let key = self.key_of(expected, link)?;
        let computed = match standing {
            Standing::Waiting { nonce, .. } => seal(nonce, line, key),
            Standing::Linked(_) | Standing::Bare => hash(self.whole.head.hash, line, key),
        };
        if computed != link.hash {
            return Err(Broken::Changed(expected));
        }
        // Without this, a record that was computed anew without a key would be covered by the next sealed line.
        let goes_on = !self.knows_last_key || self.last_key == link.key;
        if !goes_on && line.event != AuditEvent::AuditKeyChanged.as_str() {
            return Err(Broken::NotAttested(expected));
        }
        self.last = expected;
        self.whole.lines += 1;
        self.whole.sealed += u64::from(key.is_some());
        self.last_key.clone_from(&link.key);
        self.knows_last_key = true;
        if matches!(standing, Standing::Waiting { .. }) {
            self.whole.waiting += 1;
            return Ok(());
        }
        self.whole.head = Head { sequence: expected, hash: link.hash };
        if self.anchor.is_some_and(|anchor| anchor.sequence == expected && anchor.hash != link.hash) {
            return Err(Broken::NotTheAnchor(self.whole.head));
        }
        Ok(())
    }

    /// The line's key. It may be newer than the key of the line before and never older: an old key that leaked must not
    /// be good for writing new lines.
    fn key_of(&self, sequence: i64, link: &Link) -> Result<Option<&'keys SecretKey>, Broken> {
        let age = |id: &KeyId| {
            let age = self.keys.and_then(|keys| keys.age(id));
            age.ok_or_else(|| Broken::UnknownKey(sequence, id.clone()))
        };
        let weakest = match &self.last_key {
            None => usize::MAX,
            Some(id) => age(id)?,
        };
        match &link.key {
            None if self.last_key.is_some() => Err(Broken::WeakerKey(sequence)),
            None => Ok(None),
            Some(id) if age(id)? > weakest => Err(Broken::WeakerKey(sequence)),
            Some(id) => Ok(self.keys.and_then(|keys| keys.find(id))),
        }
    }

    /// The number of the last line that was checked, linked or not.
    #[must_use]
    pub const fn last(&self) -> i64 {
        self.last
    }

    /// Checks that the end is where it should be.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn finish(self, end: End) -> Result<Whole, Broken> {
        let head = self.whole.head;
        if let Some(anchor) = self.anchor.filter(|anchor| anchor.sequence > head.sequence) {
            return Err(Broken::EndsBefore(anchor));
        }
        let current = self.keys.map(|keys| keys.current().id());
        if end == End::OfTheRecord && self.whole.lines > 0 && current.is_some() {
            // Lines never go back to no key, so the last one tells whether any is sealed.
            match &self.last_key {
                None => return Err(Broken::NotSealed(self.whole.lines)),
                newest if newest.as_ref() != current => return Err(Broken::NotCurrentKey(self.last)),
                Some(_) => {}
            }
        }
        Ok(self.whole)
    }
}

/// What ends where the lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The record itself.
    OfTheRecord,
    /// A part of it that was written to a file: it may end before the key was changed.
    OfAPart,
    /// The record, about to be sealed with the current key: it may be sealed with an older one or not at all.
    BeforeSealing,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Chain = Vec<(AuditLine, Standing)>;

    fn key(byte: u8) -> SecretKey {
        SecretKey::new(&[byte; 32])
    }

    fn line(sequence: i64) -> AuditLine {
        AuditLine {
            sequence,
            at: 1_800_000_000_000 + sequence,
            event: "resetAccepted".to_owned(),
            person: (sequence % 3 != 0).then(|| format!("p-{sequence}")),
            result: "ok".to_owned(),
            ..AuditLine::default()
        }
    }

    fn chain(length: i64, key: Option<&SecretKey>) -> Chain {
        let mut previous = LineHash::NOTHING;
        let lines = (1..=length).map(line);
        lines
            .map(|line| {
                previous = hash(previous, &line, key);
                (line, Standing::Linked(Link { key: key.map(|key| key.id().clone()), hash: previous }))
            })
            .collect()
    }

    fn verify(chain: &Chain, keys: Option<&KeyRing>, anchor: Option<Head>) -> Result<Whole, Broken> {
        let mut verifier = Verifier::new(Head::START, keys, anchor);
        for (line, standing) in chain {
            verifier.check(line, standing)?;
        }
        verifier.finish(End::OfTheRecord)
    }

    fn head(chain: &Chain) -> Head {
        let (line, standing) = chain.last().unwrap();
        let Standing::Linked(link) = standing else { panic!("not linked") };
        Head { sequence: line.sequence, hash: link.hash }
    }

    #[test]
    fn the_encoding_is_written_down_and_does_not_change() {
        let line = AuditLine { sequence: 1, at: 2, event: "e".to_owned(), ..AuditLine::default() };
        let expected: Vec<u8> = [
            b"passcode-portal/audit-line/1\n".as_slice(),
            &[0; 32],
            &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2],
            &[1, 0, 0, 0, 1, b'e', 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
        ]
        .concat();
        assert_eq!(line.encoded(DOMAIN, &LineHash::NOTHING.0), expected);
    }

    #[test]
    fn the_hashes_are_what_any_other_tool_computes() {
        // printf 'abc' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707...07 (32 bytes)
        let bytes: [u8; 32] = sealed(&key(7), b"abc").into();
        assert_eq!(
            base16ct::lower::encode_string(&bytes),
            "127da4ced6a839b8f6118bc244684d2663e70cb5ff0adeefca89d7e74d5a0525"
        );
    }

    #[test]
    fn a_hash_is_exactly_its_digits() {
        let hash = LineHash([0x1f; HASH_BYTES]);
        let text = "1f".repeat(HASH_BYTES);
        assert_eq!(hash.to_string(), text);
        assert_eq!((LineHash::parse(&text), LineHash::parse(&text.to_uppercase())), (Some(hash), Some(hash)));
        let (short, long, odd) = ("1f".repeat(31), "1f".repeat(33), format!("{text}1"));
        for wrong in ["", &short, &long, &odd, &text.replace("1f", " f"), &text.replace("1f", "é")] {
            assert_eq!(LineHash::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_head_survives_being_written_down() {
        let head = head(&chain(3, None));
        assert_eq!(Head::parse(&head.to_string()), Some(head));
        assert_eq!(Head::parse(&format!(" {}\n", Head::START)), Some(Head::START));
        for wrong in ["", "3", "3:", "x:00", "-1:00", &format!("3:{}", "0".repeat(63))] {
            assert_eq!(Head::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_removed_end_is_found_with_an_anchor_and_only_with_one() {
        let mut chain = chain(5, None);
        let anchor = head(&chain);
        assert_eq!(verify(&chain, None, Some(anchor)).unwrap().head, anchor);
        chain.pop();
        assert!(verify(&chain, None, None).is_ok());
        assert_eq!(verify(&chain, None, Some(anchor)), Err(Broken::EndsBefore(anchor)));
    }

    #[test]
    fn a_record_computed_anew_is_found_by_an_anchor_or_by_the_key() {
        let anchor = head(&chain(5, None));
        let mut anew = chain(5, None);
        anew[2].0.result = "refused".to_owned();
        let mut previous = LineHash::NOTHING;
        for (line, link) in &mut anew {
            previous = hash(previous, line, None);
            *link = Standing::Linked(Link { key: None, hash: previous });
        }
        assert!(verify(&anew, None, None).is_ok(), "plain SHA-256 alone cannot tell");
        assert!(matches!(verify(&anew, None, Some(anchor)), Err(Broken::NotTheAnchor(_))));
        let keys = KeyRing::of(key(1));
        assert_eq!(verify(&anew, Some(&keys), None), Err(Broken::NotSealed(5)));
        // Nor does a sealed line after it help, unless an operator answered for what is before.
        for (event, expected) in [("resetAccepted", Err(Broken::NotAttested(6))), ("auditKeyChanged", Ok(6))]
        {
            let mut covered = anew.clone();
            let line = AuditLine { event: event.to_owned(), ..line(6) };
            let hash = hash(previous, &line, Some(&key(1)));
            covered.push((line, Standing::Linked(Link { key: Some(key(1).id().clone()), hash })));
            assert_eq!(verify(&covered, Some(&keys), None).map(|whole| whole.lines), expected);
        }
    }

    /// Three plain lines, three with an older key, three with the current one.
    fn rotated() -> (Chain, KeyRing) {
        let (older, current) = (key(1), key(2));
        let mut all = chain(3, None);
        let mut previous = head(&all).hash;
        for (sequence, key) in
            (4..=6).map(|place| (place, &older)).chain((7..=9).map(|place| (place, &current)))
        {
            let mut line = line(sequence);
            if sequence % 3 == 1 {
                line.event = "auditKeyChanged".to_owned();
            }
            previous = hash(previous, &line, Some(key));
            all.push((line, Standing::Linked(Link { key: Some(key.id().clone()), hash: previous })));
        }
        (all, ring(&current, Some(&older)))
    }

    fn ring(current: &SecretKey, older: Option<&SecretKey>) -> KeyRing {
        KeyRing { current: current.clone(), older: older.into_iter().cloned().collect() }
    }

    #[test]
    fn keys_may_begin_and_change_and_old_lines_are_still_checked() {
        let (chain, keys) = rotated();
        let whole = verify(&chain, Some(&keys), None).unwrap();
        assert_eq!((whole.lines, whole.sealed), (9, 6));
        let only_current = KeyRing::of(key(2));
        assert_eq!(
            verify(&chain, Some(&only_current), None),
            Err(Broken::UnknownKey(4, key(1).id().clone()))
        );
        assert_eq!(verify(&chain, None, None), Err(Broken::UnknownKey(4, key(1).id().clone())));
    }

    #[test]
    fn nobody_goes_on_without_a_key_or_with_an_older_one() {
        for forger in [None, Some(key(1))] {
            let (mut chain, keys) = rotated();
            let line = line(10);
            let hash = hash(head(&chain).hash, &line, forger.as_ref());
            let link = Link { key: forger.as_ref().map(|key| key.id().clone()), hash };
            chain.push((line, Standing::Linked(link)));
            assert_eq!(verify(&chain, Some(&keys), None), Err(Broken::WeakerKey(10)));
            chain.pop();
            chain.push(waiting(10, forger.as_ref()));
            assert_eq!(verify(&chain, Some(&keys), None), Err(Broken::WeakerKey(10)));
        }
    }

    fn waiting(sequence: i64, key: Option<&SecretKey>) -> (AuditLine, Standing) {
        let (line, nonce) = (line(sequence), [9; NONCE_BYTES]);
        let seal = Link { key: key.map(|key| key.id().clone()), hash: seal(&nonce, &line, key) };
        (line, Standing::Waiting { nonce, seal })
    }

    #[test]
    fn lines_at_the_end_may_wait_for_their_links_and_are_checked_all_the_same() {
        let (key, keys) = (key(1), KeyRing::of(key(1)));
        let mut all = chain(3, Some(&key));
        let linked = head(&all);
        all.extend([waiting(4, Some(&key)), waiting(5, Some(&key))]);
        let whole = verify(&all, Some(&keys), Some(linked)).unwrap();
        assert_eq!((whole.head, whole.lines, whole.sealed, whole.waiting), (linked, 5, 5, 2));
        let mut changed = all.clone();
        changed[3].0.result = "refused".to_owned();
        assert_eq!(verify(&changed, Some(&keys), None), Err(Broken::Changed(4)));
        let mut removed = all.clone();
        removed.remove(3);
        assert_eq!(verify(&removed, Some(&keys), None), Err(Broken::Missing(4)));
        // A seal is no link and a link is no seal.
        let mut swapped = all.clone();
        let Standing::Waiting { seal, .. } = swapped[3].1.clone() else { panic!("linked") };
        swapped[3].1 = Standing::Linked(seal);
        assert_eq!(verify(&swapped, Some(&keys), None), Err(Broken::Changed(4)));
        let mut holed = all.clone();
        holed[1] = waiting(2, Some(&key));
        assert_eq!(verify(&holed, Some(&keys), None), Err(Broken::Unlinked(2)));
    }

    #[test]
    fn a_line_without_a_hash_is_found() {
        let mut chain = chain(3, None);
        chain[1].1 = Standing::Bare;
        assert_eq!(verify(&chain, None, None), Err(Broken::Unlinked(2)));
    }

    proptest! {
        #[test]
        fn any_changed_field_is_found_at_its_line(
            length in 1_i64..30,
            place in any::<prop::sample::Index>(),
            field in 0_usize..11,
            sealed: bool,
        ) {
            let key = key(1);
            let mut chain = chain(length, sealed.then_some(&key));
            let at = place.index(chain.len());
            let line = &mut chain[at].0;
            let change = |text: &mut Option<String>| {
                *text = text.as_ref().map_or_else(|| Some(String::new()), |text| Some(format!("{text}x")));
            };
            match field {
                0 => line.at += 1,
                1 => line.event.push('x'),
                2 => change(&mut line.person),
                3 => change(&mut line.device),
                4 => change(&mut line.result_id),
                5 => change(&mut line.address),
                6 => change(&mut line.request),
                7 => change(&mut line.browser),
                8 => change(&mut line.system),
                9 => line.result.clear(),
                _ => {
                    let Standing::Linked(link) = &mut chain[at].1 else { panic!("not linked") };
                    link.hash.0[7] ^= 1;
                }
            }
            let keys = sealed.then(|| KeyRing::of(key));
            let expected = i64::try_from(at).unwrap() + 1;
            prop_assert_eq!(verify(&chain, keys.as_ref(), None), Err(Broken::Changed(expected)));
        }

        #[test]
        fn a_line_that_is_removed_doubled_moved_or_inserted_is_found(
            length in 3_i64..30,
            first in any::<prop::sample::Index>(),
            second in any::<prop::sample::Index>(),
            how in 0_u8..5,
        ) {
            let mut chain = chain(length, None);
            let anchor = head(&chain);
            let (one, other) = (first.index(chain.len()), second.index(chain.len()));
            match how {
                0 => { chain.remove(one); }
                1 => { let twin = chain[one].clone(); chain.insert(other, twin); }
                2 => { prop_assume!(one != other); chain.swap(one, other); }
                // Whoever removes a line may also count anew: the hashes still tell.
                3 => {
                    chain.remove(one);
                    for (place, (line, _)) in (1..).zip(chain.iter_mut()) {
                        line.sequence = place;
                    }
                }
                _ => {
                    chain.insert(one, (line(99), chain[other].1.clone()));
                    for (place, (line, _)) in (1..).zip(chain.iter_mut()) {
                        line.sequence = place;
                    }
                }
            }
            prop_assert!(verify(&chain, None, Some(anchor)).is_err());
        }
    }
}
