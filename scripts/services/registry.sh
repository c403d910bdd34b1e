#!/usr/bin/env bash
# A private schema registry for tests and demos: Apicurio Registry with its Confluent-compatible API, in memory, loopback only.
#
#   registry.sh serve        on a free port: prints `ready URL`, and ends, stopping the registry, when its standard input ends.
#                            A line `pause` or `cont` there makes it stand still and go on, and is answered by `done`
#   registry.sh fetch        the program into $DIR/app (109 MB by Maven, once)
#   registry.sh start        serve on PORT until `stop`; prints the URL
#   registry.sh stop | url
#
# DIR (default target/test-services/registry) and PORT (default 18081) come from the environment.
# 3.3.x needs Java 21; 3.0.9 is the newest that runs on Java 17.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
DIR=${DIR:-$HERE/../../target/test-services/registry}
PORT=${PORT:-18081}
V=${V:-3.0.9}
mkdir -p "$DIR"
DIR=$(cd "$DIR" && pwd)

need() { # COMMAND PACKAGE
    command -v "$1" >/dev/null || { echo "registry.sh: \`$1\` is missing: install the package $2" >&2; exit 3; }
}
url() { echo "http://127.0.0.1:$PORT/apis/ccompat/v7"; }
fetch() {
    need java default-jre-headless
    [ ! -f "$DIR/app/.complete" ] || return 0
    need mvn maven
    # Maven must not run in a folder with another pom.xml.
    (cd "$DIR" && mvn -B -q dependency:copy -Dartifact=io.apicurio:apicurio-registry-app:$V:tar.gz:all \
        -DoutputDirectory="$DIR") >&2 ||
        { echo "registry.sh: Maven could not fetch io.apicurio:apicurio-registry-app; see the lines above" >&2; exit 3; }
    mkdir -p "$DIR/app"
    tar xzf "$DIR/apicurio-registry-app-$V-all.tar.gz" -C "$DIR/app"
    rm "$DIR/apicurio-registry-app-$V-all.tar.gz"
    touch "$DIR/app/.complete"
}
# Starts it with its log in FILE, and waits until it answers; its process is then $pid.
run() { # FILE
    java -Xms64m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData \
        -Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port="$PORT" \
        -Dquarkus.log.level=WARN -Dquarkus.log.console.level=WARN \
        -jar "$DIR/app/apicurio-registry-app-$V-runner.jar" >"$1" 2>&1 </dev/null &
    pid=$!
    local try
    for try in $(seq 600); do
        curl -sf -o /dev/null "$(url)/subjects" && return
        kill -0 $pid 2>/dev/null || break
        sleep 0.1
    done
    tail -20 "$1" >&2
    kill $pid 2>/dev/null || true
    echo "registry.sh: the registry did not start; its last lines are above" >&2
    exit 1
}

case ${1:-} in
serve)
    need python3 python3
    need curl curl
    # Several tests may start at once; one of them fetches.
    exec 9>"$DIR/.lock"; flock 9; fetch; exec 9>&-
    PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    log=$(mktemp "$DIR/serve.XXXXXX")
    pid=
    trap 'if [ -n "$pid" ]; then kill -9 $pid 2>/dev/null || true; fi; rm -f "$log"' EXIT
    trap 'exit 0' TERM INT
    run "$log"
    echo "ready $(url)"
    while read -r line; do
        case $line in
        pause) kill -STOP $pid ;;
        cont) kill -CONT $pid ;;
        esac
        echo done
    done
    ;;
fetch) fetch ;;
start)
    need curl curl
    fetch
    run "$DIR/log"
    echo $pid >"$DIR/pid"
    url
    ;;
stop) kill "$(cat "$DIR/pid")" ;;
url) url ;;
*)
    sed -n '2,12p' "$0"
    exit 2
    ;;
esac
