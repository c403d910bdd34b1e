#!/usr/bin/env bash
# Certificates for tests: what a server and its clients need, made anew in a folder, valid for two days.
#
#   certificates.sh FOLDER CLIENT…
#
#   authority.pem            who signs all of them      stranger.pem     another authority, which signed none
#   server.pem, .key         for the host `localhost`   server.both.pem  both in one file
#   CLIENT.pem, .key         for common name CLIENT, and stranger-CLIENT.pem, signed by the stranger
set -euo pipefail
command -v openssl >/dev/null || { echo "certificates.sh: \`openssl\` is missing: install the package openssl" >&2; exit 3; }
mkdir -p "$1"
cd "$1"
shift

authority() { # NAME
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1 of a test" \
        -keyout "$1.key" -out "$1.pem" 2>/dev/null
}
sign() { # FILE AUTHORITY SUBJECT EXTENSIONS
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$3" -keyout "$1.key" 2>/dev/null |
        openssl x509 -req -CA "$2.pem" -CAkey "$2.key" -days 2 -extfile <(echo "$4") -out "$1.pem" 2>/dev/null
}

authority authority
authority stranger
sign server authority /CN=localhost 'subjectAltName=DNS:localhost'
cat server.key server.pem >server.both.pem
for client in "$@"; do
    sign "$client" authority "/CN=$client" 'extendedKeyUsage=clientAuth'
    sign "stranger-$client" stranger "/CN=$client" 'extendedKeyUsage=clientAuth'
done
