//! What an error of the database means for whoever writes.

use stream::store::StoreError;
use tokio_postgres::Error;

/// What to do about an error.
pub(super) fn fault(error: &Error) -> StoreError {
    let Some(said) = error.as_db_error() else {
        return away("connection", told(error));
    };
    let (code, detail) = (said.code().code(), said.message().to_owned());
    match (code.get(..2).unwrap_or_default(), code) {
        // Data exceptions, broken constraints, limits such as the size of an index entry: about one row, and for good.
        ("22" | "23" | "54", _) => StoreError::Refused(format!("{code}: {}", said.message())),
        ("40", _) | (_, "55P03") => away("conflict", detail),
        ("53", _) => away("resources", detail),
        // Cancelled because it took too long, or the server goes down, starts, or is a standby now.
        ("57", _) | (_, "25006" | "25P03") => away("shutdown", detail),
        ("08", _) => away("connection", detail),
        ("28" | "3D" | "42" | "0A", _) => StoreError::Broken(format!(
            "PostgreSQL does not let us in or lacks what it needs ({code}: {}): check user, password, database and rights, \
             and that nobody changed the tables of the schema",
            said.message()
        )),
        _ => away("other", detail),
    }
}

/// What to do about an error of the first contact with the server at `place`: of who it is, and whom it lets in.
pub(super) fn outside(error: &Error, place: &str) -> StoreError {
    if let Some(why) = untrusted(error) {
        return StoreError::Broken(format!("PostgreSQL at `{place}` is not connected to: {why}"));
    }
    match fault(error) {
        StoreError::Broken(why) => StoreError::Broken(format!("PostgreSQL at `{place}`: {why}")),
        other => other,
    }
}

/// Why no later try can make this connection; `None` where one can.
fn untrusted(error: &Error) -> Option<String> {
    let told = told(error);
    if told.contains("server does not support TLS") {
        return Some("it does not offer TLS: switch it on there, or write `sslmode=disable`".to_owned());
    }
    if told.contains("password missing") {
        return Some("it wants a password, and the address has none".to_owned());
    }
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let of_tls = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()).or_else(|| error.downcast_ref());
        if let Some(of_tls) = of_tls {
            return refusal(of_tls);
        }
        cause = error.source();
    }
    None
}

fn refusal(error: &rustls::Error) -> Option<String> {
    use rustls::{AlertDescription as Alert, CertificateError, Error};
    match error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            Some("its certificate is not signed by an authority that `sslrootcert` names".to_owned())
        }
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => Some(format!("its certificate is not for that host: {error}")),
        Error::InvalidCertificate(_) | Error::NoCertificatesPresented => {
            Some(format!("its certificate is not accepted: {error}"))
        }
        Error::AlertReceived(
            Alert::UnknownCA
            | Alert::BadCertificate
            | Alert::CertificateRequired
            | Alert::CertificateUnknown
            | Alert::CertificateExpired
            | Alert::CertificateRevoked
            | Alert::UnsupportedCertificate
            | Alert::DecryptError,
        ) => Some(format!("it does not accept our certificate, see `sslcert` and `sslkey`: {error}")),
        _ => None,
    }
}

/// The database did not answer in time.
pub(super) fn too_late(deadline: std::time::Duration) -> StoreError {
    away("timeout", format!("no answer within {} s", deadline.as_secs_f64()))
}

fn away(kind: &'static str, detail: String) -> StoreError {
    StoreError::Away { kind, detail }
}

/// The error with its causes: the first word of a connection's failure says little.
fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
