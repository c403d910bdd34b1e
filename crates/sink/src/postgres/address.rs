//! What an address of a database says about TLS, taken out of it: the driver knows some of these parameters in another sense, and
//! others not at all.

use std::path::PathBuf;

/// Parameters of libpq that are ours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Parameters {
    /// `sslmode`.
    pub(super) mode: Option<String>,
    /// `sslrootcert`: whom to trust.
    pub(super) authorities: Option<PathBuf>,
    /// `sslcert`: the client's certificate.
    pub(super) certificate: Option<PathBuf>,
    /// `sslkey`: its key.
    pub(super) key: Option<PathBuf>,
}

impl Parameters {
    /// Takes one if it is ours.
    fn take(&mut self, name: &str, value: &str) -> bool {
        let file = || Some(PathBuf::from(value));
        match name {
            "sslmode" => self.mode = Some(value.to_owned()),
            "sslrootcert" => self.authorities = file(),
            "sslcert" => self.certificate = file(),
            "sslkey" => self.key = file(),
            _ => return false,
        }
        true
    }
}

/// What is ours of `postgres://…?…` or `host=… user=…`, and the rest for the driver.
pub(super) fn parameters(address: &str) -> (Parameters, String) {
    let is_url = ["postgres://", "postgresql://"].iter().any(|scheme| address.starts_with(scheme));
    if is_url { of_url(address) } else { of_pairs(address) }
}

fn of_url(address: &str) -> (Parameters, String) {
    let mut ours = Parameters::default();
    let Some((place, query)) = address.split_once('?') else { return (ours, address.to_owned()) };
    let is_theirs = |pair: &&str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        !ours.take(name, &decoded(value))
    };
    let theirs: Vec<&str> = query.split('&').filter(is_theirs).collect();
    let rest = if theirs.is_empty() { place.to_owned() } else { format!("{place}?{}", theirs.join("&")) };
    (ours, rest)
}

/// The text behind percent signs; what is no such text stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.get(..2).filter(|_| *first == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `name=value` pairs: a value may stand in single quotes, and a backslash makes any character one of the value.
fn of_pairs(address: &str) -> (Parameters, String) {
    let (mut ours, mut theirs) = (Parameters::default(), Vec::new());
    let mut rest = address.trim_start();
    while let Some((name, behind)) = rest.split_once('=') {
        let behind = behind.trim_start();
        let (value, length) = value(behind);
        let (written, left) = behind.split_at_checked(length).unwrap_or((behind, ""));
        if !ours.take(name.trim(), &value) {
            theirs.push(format!("{}={written}", name.trim()));
        }
        rest = left.trim_start();
    }
    // What is no pair is the driver's to refuse.
    theirs.extend((!rest.is_empty()).then(|| rest.to_owned()));
    (ours, theirs.join(" "))
}

/// A value, and how many bytes of the text it takes.
fn value(text: &str) -> (String, usize) {
    let quoted = text.starts_with('\'');
    let mut value = String::new();
    let mut letters = text.char_indices().skip(usize::from(quoted));
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
            '\'' if quoted => return (value, at + 1),
            _ if !quoted && letter.is_whitespace() => return (value, at),
            _ => value.push(letter),
        }
    }
    (value, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ours_is_taken_out_of_a_url() {
        let (ours, rest) = parameters(
            "postgres://app:p%26q@db:5432/x?sslmode=verify-full&connect_timeout=3&sslrootcert=%2Frun%2Fa%20b.pem",
        );
        assert_eq!(rest, "postgres://app:p%26q@db:5432/x?connect_timeout=3");
        assert_eq!((ours.mode.as_deref(), ours.authorities), (Some("verify-full"), Some("/run/a b.pem".into())));
        let plain = "postgresql://app@db/x";
        assert_eq!(parameters(plain), (Parameters::default(), plain.to_owned()));
        assert_eq!(parameters("postgres://db/x?sslkey=/k").1, "postgres://db/x");
    }

    #[test]
    fn what_is_ours_is_taken_out_of_pairs() {
        let (ours, rest) =
            parameters(r"host=db  password='it\'s = a' sslmode = require sslcert='/run/a b.pem' sslkey=/k\ ey");
        assert_eq!(ours.mode.as_deref(), Some("require"));
        assert_eq!((ours.certificate, ours.key), (Some("/run/a b.pem".into()), Some("/k ey".into())));
        assert_eq!(rest, r"host=db password='it\'s = a'");
    }

    #[test]
    fn what_is_no_address_is_left_as_it_is() {
        for text in ["", "nonsense", "postgres:/x", "%"] {
            assert_eq!(parameters(text), (Parameters::default(), text.to_owned()), "{text}");
        }
    }
}
