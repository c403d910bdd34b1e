use proptest::prelude::*;

use super::*;
use crate::sign;

const SECRET: &str = "whsec_YW4tZXhhbXBsZS1zZWNyZXQtb2YtMjRC";
const OTHER: &str = "whsec_YW5vdGhlci1zZWNyZXQtb2YtMjQtYnl0ZXM=";
const SENT: i64 = 1_674_087_231;
const ID_OF_VECTOR: &str = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
const SIGNATURE_OF_VECTOR: &str = "v1,1FKCixEawAzzThr71/0VX+7escQJTe+Qdfsyhtk+Ryw=";
const BODY: &str = r#"{"type":"mention.created","timestamp":"2023-01-18T23:33:51Z","data":{"id":"m-1","text":"checkout at 10am is too early"}}"#;

fn secret(text: &str) -> Secret {
    Secret::parse(text).unwrap()
}

fn verifier(secrets: &[&str]) -> Verifier {
    Verifier::new(secrets.iter().map(|text| secret(text)).collect(), Duration::from_secs(300)).unwrap()
}

fn check(
    verifier: &Verifier,
    id: &'static str,
    sent: &str,
    signature: &str,
    body: &[u8],
    now: i64,
) -> Result<i64, Refusal> {
    let header = |name: &str| match name {
        ID => Some(id.as_bytes()),
        TIMESTAMP => Some(sent.as_bytes()),
        SIGNATURE => Some(signature.as_bytes()),
        _ => None,
    };
    verifier.verify(header, body, now).map(|signed| {
        assert_eq!(signed.id, id);
        signed.timestamp
    })
}

fn of_vector(verifier: &Verifier, signature: &str, body: &str, now: i64) -> Result<i64, Refusal> {
    check(verifier, ID_OF_VECTOR, &SENT.to_string(), signature, body.as_bytes(), now)
}

#[test]
fn the_known_message_is_accepted_and_accepted_again_within_its_tolerance() {
    let verifier = verifier(&[SECRET]);
    for now in [SENT, SENT + 1, SENT + 300, SENT - 300] {
        assert_eq!(of_vector(&verifier, SIGNATURE_OF_VECTOR, BODY, now), Ok(SENT));
    }
}

#[test]
fn a_replay_after_its_tolerance_and_one_from_the_future_are_refused() {
    let verifier = verifier(&[SECRET]);
    for now in [SENT + 301, SENT - 301, 0, i64::MAX, i64::MIN] {
        assert_eq!(of_vector(&verifier, SIGNATURE_OF_VECTOR, BODY, now), Err(Refusal::OutOfTime(300)));
    }
}

#[test]
fn a_wrong_secret_a_changed_body_and_a_changed_signature_are_refused() {
    let changed = BODY.replace("10am", "11am");
    assert_eq!(of_vector(&verifier(&[OTHER]), SIGNATURE_OF_VECTOR, BODY, SENT), Err(Refusal::Unsigned));
    let verifier = verifier(&[SECRET]);
    assert_eq!(of_vector(&verifier, SIGNATURE_OF_VECTOR, &changed, SENT), Err(Refusal::Unsigned));
    for signature in
        ["v1,1FKCixEawAzzThr71/0VX+7escQJTe+Qdfsyhtk+Ryx=", "v1,AAAA", "v1,", "v1", "x", "v1a,AAAA", "v1 ,"]
    {
        assert_eq!(of_vector(&verifier, signature, BODY, SENT), Err(Refusal::Unsigned), "{signature}");
    }
}

#[test]
fn a_signature_that_was_cut_anywhere_is_refused() {
    let verifier = verifier(&[SECRET]);
    for length in 1..SIGNATURE_OF_VECTOR.len() {
        let cut = SIGNATURE_OF_VECTOR.get(..length).unwrap();
        assert_eq!(of_vector(&verifier, cut, BODY, SENT), Err(Refusal::Unsigned), "{cut}");
    }
}

#[test]
fn while_a_secret_is_changed_both_are_accepted_on_either_side() {
    let (old, new) = (secret(OTHER), secret(SECRET));
    let by_old = sign(&old, ID_OF_VECTOR, SENT, BODY.as_bytes());
    let by_new = sign(&new, ID_OF_VECTOR, SENT, BODY.as_bytes());
    let both = verifier(&[SECRET, OTHER]);
    assert!(of_vector(&both, &by_old, BODY, SENT).is_ok());
    assert!(of_vector(&both, &by_new, BODY, SENT).is_ok());
    // A sender that changes its secret signs with both; versions that nobody knows stand between them.
    let several = format!("v2,eA== {by_old} v1a,AAAA {by_new}");
    assert!(of_vector(&verifier(&[SECRET]), &several, BODY, SENT).is_ok());
    assert!(of_vector(&verifier(&[OTHER]), &several, BODY, SENT).is_ok());
}

#[test]
fn a_header_that_is_missing_or_unreadable_is_named() {
    let verifier = verifier(&[SECRET]);
    for missing in [ID, TIMESTAMP, SIGNATURE] {
        let header = |name: &str| (name != missing).then_some(b"1674087231".as_slice());
        assert_eq!(verifier.verify(header, b"", SENT), Err(Refusal::Malformed(missing)));
    }
    let sent = |sent: &str| check(&verifier, "m", sent, SIGNATURE_OF_VECTOR, b"", SENT);
    for unreadable in ["soon", "1674087231.5", "99999999999999999999", ""] {
        assert_eq!(sent(unreadable), Err(Refusal::Malformed(TIMESTAMP)), "{unreadable}");
    }
    let long = "m".repeat(LONGEST_ID + 1);
    let header = |name: &str| Some(if name == ID { long.as_bytes() } else { b"1674087231" });
    assert_eq!(verifier.verify(header, b"", SENT), Err(Refusal::Malformed(ID)));
    assert_eq!(verifier.verify(|_| Some(b"\xff".as_slice()), b"", SENT), Err(Refusal::Malformed(ID)));
}

#[test]
fn the_timestamp_is_signed_as_it_was_written() {
    let verifier = verifier(&[SECRET]);
    let written = format!("+{SENT}");
    let code = code(&secret(SECRET), "m", &written, b"x").finalize().into_bytes();
    assert_eq!(check(&verifier, "m", &written, &format!("v1,{}", STANDARD.encode(code)), b"x", SENT), Ok(SENT));
    let normal = sign(&secret(SECRET), "m", SENT, b"x");
    assert_eq!(check(&verifier, "m", &written, &normal, b"x", SENT), Err(Refusal::Unsigned));
}

#[test]
fn a_verifier_without_a_secret_is_none() {
    assert_eq!(Verifier::new(Vec::new(), Duration::from_secs(300)).unwrap_err(), VerifierError);
}

proptest! {
    #[test]
    fn what_is_signed_verifies_and_no_other_bytes_do(body in proptest::collection::vec(any::<u8>(), 0..200), flip in any::<prop::sample::Index>()) {
        let verifier = verifier(&[SECRET]);
        let signature = sign(&secret(SECRET), "m", SENT, &body);
        let sent = SENT.to_string();
        prop_assert_eq!(check(&verifier, "m", &sent, &signature, &body, SENT), Ok(SENT));
        let mut other = body.clone();
        if other.is_empty() { other.push(0) } else { let at = flip.index(other.len()); other[at] ^= 1 }
        prop_assert_eq!(check(&verifier, "m", &sent, &signature, &other, SENT), Err(Refusal::Unsigned));
    }

    #[test]
    fn any_headers_and_body_are_refused_without_a_panic(a in any::<Vec<u8>>(), b in any::<Vec<u8>>(), c in any::<Vec<u8>>()) {
        let header = |name: &str| Some(match name { ID => a.as_slice(), TIMESTAMP => &b, _ => &c });
        prop_assert!(verifier(&[SECRET]).verify(header, b"x", SENT).is_err());
    }
}
