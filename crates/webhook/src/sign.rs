//! Signing.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::Secret;

/// The code over a message, before it is finished.
pub(crate) fn code(secret: &Secret, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut code = secret.keyed();
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        code.update(part);
    }
    code
}

/// The value of the header [`SIGNATURE`](crate::SIGNATURE); `timestamp` is in seconds since 1970.
pub fn sign(secret: &Secret, id: &str, timestamp: i64, body: &[u8]) -> String {
    let code = code(secret, id, &timestamp.to_string(), body).finalize();
    format!("v1,{}", STANDARD.encode(code.into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_message_has_its_known_signature() {
        let secret = Secret::parse("whsec_YW4tZXhhbXBsZS1zZWNyZXQtb2YtMjRC").unwrap();
        let body = br#"{"type":"mention.created","timestamp":"2023-01-18T23:33:51Z","data":{"id":"m-1","text":"checkout at 10am is too early"}}"#;
        let signature = sign(&secret, "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", 1_674_087_231, body);
        assert_eq!(signature, "v1,1FKCixEawAzzThr71/0VX+7escQJTe+Qdfsyhtk+Ryw=");
    }
}
