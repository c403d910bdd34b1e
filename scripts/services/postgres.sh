#!/usr/bin/env bash
# A private PostgreSQL for tests and demos: loopback only, a folder of its own, no password.
#
#   postgres.sh start [fast|durable]   fast: no fsync (default), so a crash of the server loses nothing and one of the machine
#                                      may; durable: fsync and full_page_writes, as in production
#   postgres.sh serve [fast|durable]   start, print the URL, and stop and wipe when standard input ends
#   postgres.sh serve secure           the same behind TLS only: user `app` by password, user `machine` by a client certificate. Prints
#                                      the URL for `app`; certificates are in DIR/certificates, DIR/password is that of `app`
#   postgres.sh stop | crash           crash: an immediate stop, so the next start recovers
#   postgres.sh pause | cont           all its processes stand still, and go on
#   postgres.sh url | wipe
#
# DIR (default target/services/postgres) and PORT (default 15432) come from the environment. The server refuses to run as
# root: as root it runs as PGUSER_OS (default nobody), who must be able to enter every folder above DIR.
set -euo pipefail

DIR=${DIR:-target/services/postgres}
PORT=${PORT:-15432}
HERE=$(cd "$(dirname "$0")" && pwd)
URL="postgres://app@127.0.0.1:$PORT/postgres"

programs() {
    local found
    for found in "${PGBIN:-}" "$(pg_config --bindir 2>/dev/null || true)" /usr/lib/postgresql/*/bin; do
        [ -x "$found/initdb" ] && [ -x "$found/postgres" ] && echo "$found" && return
    done
    return 1
}

if ! PGBIN=$(programs); then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "PostgreSQL is not installed: installing the package postgresql" >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql >&2
    fi
    PGBIN=$(programs) || {
        echo "PostgreSQL is missing: install the package postgresql, or set PGBIN to the folder that holds initdb" >&2
        exit 1
    }
fi

mkdir -p "$DIR"
DIR=$(cd "$DIR" && pwd)
if [ "$(id -u)" = 0 ]; then
    user=${PGUSER_OS:-nobody}
    chown "$user" "$DIR"
    as() { setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups -- env -C "$DIR" "$@"; }
    as true 2>/dev/null || {
        echo "user $user cannot enter $DIR: set DIR to a folder that everybody may enter, or PGUSER_OS to another user" >&2
        exit 1
    }
else
    as() { env -C "$DIR" "$@"; }
fi
control() { as "$PGBIN/pg_ctl" -D "$DIR/data" -w -s "$@"; }

start() {
    if [ ! -f "$DIR/data/PG_VERSION" ]; then
        as "$PGBIN/initdb" -D "$DIR/data" --no-sync -U app -A trust -E UTF8 --locale=C.UTF-8 >"$DIR/initdb.log" 2>&1 ||
            { cat "$DIR/initdb.log" >&2; exit 1; }
    fi
    local safe=off tls=()
    [ "${1:-fast}" = durable ] && safe=on
    if [ "${1:-fast}" = secure ]; then
        secure
        tls=(-c ssl=on -c "ssl_cert_file=$DIR/certificates/server.pem" -c "ssl_key_file=$DIR/certificates/server.key"
            -c "ssl_ca_file=$DIR/certificates/authority.pem" -c "hba_file=$DIR/hba")
    fi
    # -w waits until it accepts connections. Its output goes to a file, or a reader of ours would never see the end.
    control -l "$DIR/log" start -o "-p $PORT -c listen_addresses=127.0.0.1 -k $DIR \
        -c fsync=$safe -c full_page_writes=$safe -c shared_buffers=64MB -c max_connections=50 \
        -c max_wal_size=256MB -c jit=off -c log_min_messages=warning ${tls[*]-}" >/dev/null || { tail -5 "$DIR/log" >&2; exit 1; }
}
# Certificates, who may come in how, and the two users; the folder's own socket is open to whoever can reach it.
secure() {
    [ ! -f "$DIR/hba" ] || return 0
    "$HERE/certificates.sh" "$DIR/certificates" machine
    openssl rand -hex 12 >"$DIR/password"
    chmod 600 "$DIR"/certificates/*.key
    [ "$(id -u)" != 0 ] || chown -R "$user" "$DIR/certificates"
    printf '%s\n' 'local all app trust' 'hostssl all app all scram-sha-256' 'hostssl all machine all cert' >"$DIR/hba"
    as "$PGBIN/postgres" --single -D "$DIR/data" postgres >>"$DIR/initdb.log" 2>&1 <<SQL
ALTER USER app PASSWORD '$(cat "$DIR/password")'
CREATE USER machine SUPERUSER
SQL
    URL="postgres://app:$(cat "$DIR/password")@localhost:$PORT/postgres"
    URL+="?sslmode=verify-full&sslrootcert=$DIR/certificates/authority.pem"
}
wipe() {
    control -m immediate stop 2>/dev/null || true
    rm -rf "$DIR"
}
# The server and its children, by the number that it wrote down.
processes() {
    local server
    server=$(head -1 "$DIR/data/postmaster.pid")
    echo "$server" "$(cat "/proc/$server/task/$server/children")"
}

case ${1:-} in
start) start "${2:-fast}" && echo "$URL" ;;
serve)
    trap wipe EXIT
    start "${2:-fast}"
    echo "$URL"
    cat >/dev/null
    ;;
stop) control -m fast stop ;;
crash) control -m immediate stop ;;
# shellcheck disable=SC2046 # one word for each process
pause) kill -STOP $(processes) ;;
# shellcheck disable=SC2046 # one word for each process
cont) kill -CONT $(processes) ;;
url) echo "$URL" ;;
wipe) wipe ;;
*)
    sed -n '2,13p' "$0"
    exit 2
    ;;
esac
