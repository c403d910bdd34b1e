#!/usr/bin/env bash
# Runs one of the Python programs here with Confluent's client in an environment of its own: run.sh consume.py ARGUMENT...
# DIR (default target/test-services/python) holds the environment, made once.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
DIR=${DIR:-$HERE/../../../target/test-services/python}
command -v python3 >/dev/null || { echo "run.sh: \`python3\` is missing: install the package python3" >&2; exit 3; }
mkdir -p "$DIR"
exec 9>"$DIR/.lock"
flock 9
if ! cmp -s "$HERE/requirements.txt" "$DIR/.complete"; then
    python3 -m venv "$DIR" ||
        { echo "run.sh: no virtual environment can be made: install the package python3-venv" >&2; exit 3; }
    "$DIR/bin/pip" install --quiet --disable-pip-version-check -r "$HERE/requirements.txt" >&2 ||
        { echo "run.sh: pip could not install what requirements.txt names; see the lines above" >&2; exit 3; }
    cp "$HERE/requirements.txt" "$DIR/.complete"
fi
exec 9>&-
program=$1
shift
exec "$DIR/bin/python" "$HERE/$program" "$@"
