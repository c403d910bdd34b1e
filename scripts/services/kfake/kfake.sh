#!/usr/bin/env bash
# The quick fake broker: real transactions in memory, injected faults, a schema registry. For what needs no real Kafka.
#   kfake.sh build            into $DIR/fakebroker (Go modules, once)
#   kfake.sh run ARGS…        build if needed, then run in the foreground; see main.go for the flags
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
DIR=${DIR:-$HERE/../../../target/test-services/kfake}
mkdir -p "$DIR"; DIR=$(cd "$DIR" && pwd)
build() {
  command -v go >/dev/null || { echo "kfake.sh: \`go\` (1.26 or later) is missing: install it" >&2; exit 3; }
  (cd "$HERE" && go build -trimpath -ldflags='-s -w' -o "$DIR/fakebroker" .)
}
case ${1:-} in
build) build ;;
run) shift; [ -x "$DIR/fakebroker" ] || build; exec "$DIR/fakebroker" "$@" ;;
*) sed -n '2,4p' "$0"; exit 2 ;;
esac
