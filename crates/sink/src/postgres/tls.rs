//! TLS to the database: what an address says about it, in libpq's words, and the handshake.
//!
//! A connection is protected or it is not: modes in which that would depend on the server, or in which anybody's certificate
//! would do, are refused. Channel binding is not offered; the certificate is verified instead.

use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, InvalidDnsNameError, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Socket;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;

use super::address::Parameters;

/// What is wrong with the protection that an address asks for.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A mode that protects nothing for certain.
    #[error(
        "`sslmode={0}` leaves it to chance whether, or from whom, the connection is protected: write `verify-full`, or `disable` \
         within a network that is trusted"
    )]
    Mode(String),
    /// Files are named, but no protection is asked for.
    #[error("`{0}` is given without `sslmode=verify-full`: add that, or leave the file out")]
    Unprotected(&'static str),
    /// A certificate without its key, or the other way round.
    #[error("`sslcert` and `sslkey` belong together: give both or neither")]
    Half,
    /// A file cannot be used.
    #[error("`{parameter}={}` cannot be used: {why}", file.display())]
    File {
        /// The parameter that names it.
        parameter: &'static str,
        /// The file.
        file: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The library was built without what TLS needs.
    #[error("TLS cannot be used: {0}")]
    Provider(rustls::Error),
    /// The system trusts nobody.
    #[error("this system has no list of authorities to trust: name a file with some by `sslrootcert`")]
    NoAuthorities,
}

/// How the connection is protected: `None` for not at all.
///
/// # Errors
/// See [`TlsError`].
pub(super) fn protection(parameters: &Parameters) -> Result<Option<Arc<ClientConfig>>, TlsError> {
    let Parameters { mode, authorities, certificate, key } = parameters;
    match mode.as_deref() {
        None | Some("disable") => {
            let files = [("sslrootcert", authorities), ("sslcert", certificate), ("sslkey", key)];
            let named = files.into_iter().find_map(|(name, file)| file.as_ref().map(|_| name));
            return named.map_or(Ok(None), |name| Err(TlsError::Unprotected(name)));
        }
        Some("require" | "verify-full") => {}
        Some(other) => return Err(TlsError::Mode(other.to_owned())),
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(TlsError::Provider)?.with_root_certificates(trusted(authorities.as_deref())?);
    let config = match (certificate, key) {
        (None, None) => builder.with_no_client_auth(),
        (Some(certificate), Some(key)) => {
            let chain = certificates("sslcert", certificate)?;
            let wrong = |parameter, file: &Path, why: &dyn ToString| TlsError::File {
                parameter,
                file: file.to_owned(),
                why: why.to_string(),
            };
            let private = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong("sslkey", key, &error))?;
            builder.with_client_auth_cert(chain, private).map_err(|error| wrong("sslcert", certificate, &error))?
        }
        _ => return Err(TlsError::Half),
    };
    Ok(Some(Arc::new(config)))
}

fn trusted(authorities: Option<&Path>) -> Result<RootCertStore, TlsError> {
    let mut trusted = RootCertStore::empty();
    let certificates = match authorities.filter(|file| *file != Path::new("system")) {
        Some(file) => certificates("sslrootcert", file)?,
        None => rustls_native_certs::load_native_certs().certs,
    };
    // The system's list may hold what cannot be read.
    trusted.add_parsable_certificates(certificates);
    if trusted.is_empty() { Err(TlsError::NoAuthorities) } else { Ok(trusted) }
}

fn certificates(parameter: &'static str, file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let wrong = |why: String| TlsError::File { parameter, file: file.to_owned(), why };
    let read = CertificateDer::pem_file_iter(file).map_err(|error| wrong(error.to_string()))?;
    let found: Vec<_> = read.collect::<Result<_, _>>().map_err(|error| wrong(error.to_string()))?;
    if found.is_empty() { Err(wrong("it holds no certificate in PEM".to_owned())) } else { Ok(found) }
}

/// Protects connections.
#[derive(Clone)]
pub(super) struct Protect(pub(super) Arc<ClientConfig>);

impl MakeTlsConnect<Socket> for Protect {
    type Stream = Protected;
    type TlsConnect = Handshake;
    type Error = InvalidDnsNameError;

    fn make_tls_connect(&mut self, host: &str) -> Result<Handshake, InvalidDnsNameError> {
        Ok(Handshake { config: Arc::clone(&self.0), host: ServerName::try_from(host.to_owned())? })
    }
}

/// The handshake with one host.
pub(super) struct Handshake {
    config: Arc<ClientConfig>,
    host: ServerName<'static>,
}

impl TlsConnect<Socket> for Handshake {
    type Stream = Protected;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Protected>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        let connecting = TlsConnector::from(self.config).connect(self.host, socket);
        Box::pin(async { connecting.await.map(Protected) })
    }
}

/// A connection that is protected.
pub(super) struct Protected(tokio_rustls::client::TlsStream<Socket>);

impl TlsStream for Protected {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl AsyncRead for Protected {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, into)
    }
}

impl AsyncWrite for Protected {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
