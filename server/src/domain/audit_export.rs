//! The audit record as a file: JSON Lines that can be verified later, somewhere else, without the database.
//!
//! The first line says which format it is and the head the exported lines follow, the last one where they end; between
//! them one object a line with exactly the fields that are hashed. A field that is not hashed is refused when reading:
//! nobody may add something that only looks verified.

use super::audit_chain::{AuditLine, Broken, End, Head, LineHash, Link, Standing, Verifier, Whole};
use super::secret_key::{KeyId, KeyRing};
use serde::{Deserialize, Serialize};

/// The name of the format, with its version.
const FORMAT: &str = "passcode-portal-audit/1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Beginning {
    format: String,
    after: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ending {
    end: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Row {
    sequence: i64,
    at_unix_millis: i64,
    event: String,
    person: Option<String>,
    device: Option<String>,
    result_id: Option<String>,
    address: Option<String>,
    request: Option<String>,
    browser: Option<String>,
    system: Option<String>,
    result: String,
    key: Option<String>,
    hash: Option<String>,
}

/// A text without a line break, even if it cannot be written, which these types always can.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// The first line of a file.
#[must_use]
pub fn beginning(after: Head) -> String {
    json(&Beginning { format: FORMAT.to_owned(), after: after.to_string() })
}

/// The last line of a file.
#[must_use]
pub fn ending(head: Head) -> String {
    json(&Ending { end: head.to_string() })
}

/// A line of the record. One without a hash is written without, so that a broken record can be kept as evidence.
#[must_use]
pub fn row(line: &AuditLine, link: Option<&Link>) -> String {
    let line = line.clone();
    json(&Row {
        sequence: line.sequence,
        at_unix_millis: line.at,
        event: line.event,
        person: line.person,
        device: line.device,
        result_id: line.result_id,
        address: line.address,
        request: line.request,
        browser: line.browser,
        system: line.system,
        result: line.result,
        key: link.and_then(|link| link.key.as_ref()).map(|key| key.as_str().to_owned()),
        hash: link.map(|link| link.hash.to_string()),
    })
}

fn read(row: Row) -> Result<(AuditLine, Standing), Broken> {
    let standing = match &row.hash {
        None => Standing::Bare,
        Some(text) => {
            let hash = LineHash::parse(text).ok_or(Broken::Unreadable(row.sequence))?;
            Standing::Linked(Link { key: row.key.map(KeyId::trusted), hash })
        }
    };
    let line = AuditLine {
        sequence: row.sequence,
        at: row.at_unix_millis,
        event: row.event,
        person: row.person,
        device: row.device,
        result_id: row.result_id,
        address: row.address,
        request: row.request,
        browser: row.browser,
        system: row.system,
        result: row.result,
    };
    Ok((line, standing))
}

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WholeFile {
    /// The head its lines follow; [`Head::START`] for one from the beginning.
    pub after: Head,
    /// The lines.
    pub whole: Whole,
}

/// Checks a file line by line.
///
/// # Errors
/// [`Broken`]; a line that cannot be read at all is counted from 1, the file's first line included.
pub fn verify<'text>(
    lines: impl Iterator<Item = &'text str>,
    keys: Option<&KeyRing>,
    anchor: Option<Head>,
) -> Result<WholeFile, Broken> {
    let mut lines = (1..).zip(lines);
    let first = lines.next().and_then(|(_, line)| serde_json::from_str::<Beginning>(line).ok());
    let beginning = first.filter(|first| first.format == FORMAT).ok_or(Broken::Unreadable(1))?;
    let after = Head::parse(&beginning.after).ok_or(Broken::Unreadable(1))?;
    let mut verifier = Verifier::new(after, keys, anchor);
    let mut ended: Option<Head> = None;
    for (number, text) in lines {
        if ended.is_some() {
            return Err(Broken::Unreadable(number));
        }
        if let Ok(ending) = serde_json::from_str::<Ending>(text) {
            ended = Some(Head::parse(&ending.end).ok_or(Broken::Unreadable(number))?);
            continue;
        }
        let row = serde_json::from_str::<Row>(text).map_err(|_| Broken::Unreadable(number))?;
        let (line, standing) = read(row)?;
        verifier.check(&line, &standing)?;
    }
    let whole = verifier.finish(End::OfAPart)?;
    match ended {
        Some(end) if end == whole.head => Ok(WholeFile { after, whole }),
        Some(end) => Err(Broken::EndsBefore(end)),
        // Cut off, by a full disk for instance.
        None => Err(Broken::Missing(whole.head.sequence.saturating_add(1))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit_chain::hash;

    fn file(from: i64) -> Vec<String> {
        let mut head = Head::START;
        let mut after = Head::START;
        let mut rows = Vec::new();
        for sequence in 1..=5 {
            let line = AuditLine {
                sequence,
                at: -5,
                event: "e\"\n".to_owned(),
                device: Some("愛".to_owned()),
                ..AuditLine::default()
            };
            head = Head { sequence, hash: hash(head.hash, &line, None) };
            if sequence < from {
                after = head;
            } else {
                rows.push(row(&line, Some(&Link { key: None, hash: head.hash })));
            }
        }
        [vec![beginning(after)], rows, vec![ending(head)]].concat()
    }

    fn verify_all(file: &[String]) -> Result<WholeFile, Broken> {
        verify(file.iter().map(String::as_str), None, None)
    }

    #[test]
    fn a_file_is_verified_without_the_database_from_the_start_or_from_the_middle() {
        let whole = verify_all(&file(1)).unwrap();
        assert_eq!((whole.after, whole.whole.lines), (Head::START, 5));
        let part = verify_all(&file(4)).unwrap();
        assert_eq!((part.after.sequence, part.whole.lines, part.whole.head), (3, 2, whole.whole.head));
    }

    #[test]
    fn a_changed_removed_added_or_cut_off_line_is_named() {
        let mut changed = file(1);
        changed[2] = changed[2].replace("愛", "哀");
        assert_eq!(verify_all(&changed), Err(Broken::Changed(2)));
        let mut removed = file(1);
        removed.remove(2);
        assert_eq!(verify_all(&removed), Err(Broken::Missing(2)));
        let mut added = file(1);
        added[3] = added[3].replace("\"sequence\":3", "\"note\":\"checked\",\"sequence\":3");
        assert_eq!(verify_all(&added), Err(Broken::Unreadable(4)), "a field that is not hashed");
        let mut twice = file(1);
        twice[3] = twice[3].replace("\"result\":\"\"", "\"result\":\"\",\"result\":\"\"");
        assert_eq!(verify_all(&twice), Err(Broken::Unreadable(4)), "a field that comes twice");
        let mut cut = file(1);
        cut.pop();
        assert_eq!(verify_all(&cut), Err(Broken::Missing(6)));
        let mut longer = file(1);
        longer.push(longer[1].clone());
        assert_eq!(verify_all(&longer), Err(Broken::Unreadable(8)));
        assert_eq!(verify_all(&[]), Err(Broken::Unreadable(1)));
    }
}
