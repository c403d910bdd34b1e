#!/usr/bin/env bash
# Apache Kafka (KRaft, combined broker and controller) for tests, demo and benchmark. One node or three, loopback only.
#   kafka.sh serve [1|3]      in a folder of its own on free ports: prints `ready HOST:PORT[,HOST:PORT,HOST:PORT]`, and ends,
#                             stopping the nodes and removing the folder, when its standard input ends; so a broker never outlives
#                             its test. A line `kill`, `stop`, `run`, `pause` or `cont` there, with the number of a node unless it
#                             is the first, does that to it and is answered by `done`; so does `launch`, which does not wait
#   kafka.sh serve secure     one node with listeners for TLS (client certificate) and SASL over TLS (SCRAM) too, and an authorizer
#                             that allows only what a rule allows: prints `ready HOST:PORT FOLDER`. TLS is at PORT+2, SASL at PORT+3,
#                             both at `localhost`; certificates are in FOLDER/certificates, passwords of USERS in FOLDER/passwords
#   kafka.sh fetch            jars into $DIR/libs (Maven, once)
#   kafka.sh cds              class-data archive, halves the start time (once, optional)
#   kafka.sh start [1|3]      format if needed, start, wait until every node answers
#   kafka.sh kill  ID         SIGKILL one node        kafka.sh stop [ID]   SIGTERM one or all
#   kafka.sh pause ID         SIGSTOP                 kafka.sh cont ID     SIGCONT
#   kafka.sh run   ID         start one node again (after kill or stop)
#   kafka.sh pid   ID         print its pid           kafka.sh wipe        stop all, remove the data
# Node N listens on the Nth of PORTS for clients and one port above for the quorum; and, where PROXIES names a port for each node,
# two ports above for clients that are sent to that port of a proxy instead.
# DIR, BASE or PORTS, PROXIES, HEAP, CORE (taskset cpu list) and JIT come from the environment.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
DIR=${DIR:-$HERE/../../../target/test-services/kafka}
BASE=${BASE:-19092}
PORTS=${PORTS:-$BASE $((BASE + 1000)) $((BASE + 2000))}
PROXIES=${PROXIES:-}
HEAP=${HEAP:-512m}
JIT=${JIT--XX:TieredStopAtLevel=1}      # JIT= (empty) for benchmarks: C2, 0.7 s slower to start
mkdir -p "$DIR"; DIR=$(cd "$DIR" && pwd)
USERS=${USERS-operator ingest enrich classify escalate sink}
CLUSTER_ID=4L6g3nShT-eMCtK--X86sw
JARS=$DIR                                # jars and archive are shared by every cluster below it
need() { # COMMAND PACKAGE
  command -v "$1" >/dev/null || { echo "kafka.sh: \`$1\` is missing: install the package $2" >&2; exit 3; }
}
nth() { local number=$1; shift; echo "${!number}"; }
port() { nth "$1" $PORTS; }
jvm() {
  local cds=()
  [ -f "$JARS/kafka.jsa" ] && cds=(-XX:SharedArchiveFile="$JARS/kafka.jsa" -Xlog:cds=off -Xlog:class+path=off)
  mkdir -p "$DIR/tmp"   # libraries that a broker unpacks stay behind when it is killed
  exec ${CORE:+taskset -c $CORE} java -Xms64m -Xmx$HEAP -XX:+UseSerialGC -XX:-UsePerfData $JIT -Djava.io.tmpdir="$DIR/tmp" \
    ${cds[@]+"${cds[@]}"} -Dlog4j2.configurationFile="$HERE/log4j2.yaml" -cp "$JARS/libs/*" "$@"
}
props() { # ID COUNT
  local id=$1 n=$2 rf=$2 isr=1 voters="" i
  [ "$n" -gt 1 ] && isr=2
  for i in $(seq "$n"); do voters+="${voters:+,}$i@127.0.0.1:$(($(port $i) + 1))"; done
  local proxied="" advertised="" protocol=""
  if [ -n "$PROXIES" ]; then
    proxied=",PROXIED://127.0.0.1:$(($(port $id) + 2))" advertised=",PROXIED://127.0.0.1:$(nth $id $PROXIES)" protocol=",PROXIED:PLAINTEXT"
  fi
  sed -e "s|@PROXIED@|$proxied|; s|@ADVERTISED@|$advertised|; s|@PROTOCOL@|$protocol|" \
      -e "s|@ID@|$id|; s|@PORT@|$(port $id)|g; s|@CPORT@|$(($(port $id) + 1))|g" \
      -e "s|@VOTERS@|$voters|; s|@DATA@|$DIR/data$id|; s|@RF@|$rf|g; s|@ISR@|$isr|g" \
      -e "s|@TLS@|$(($(port $id) + 2))|g; s|@SASL@|$(($(port $id) + 3))|g; s|@CERTIFICATES@|$DIR/certificates|g" \
      "$HERE/server.properties" ${SECURE:+"$HERE/secure.properties"} |
    # Several nodes elect a controller before any of them knows what is permitted.
    if [ "$n" -gt 1 ]; then sed -e '/^authorizer/d; /^allow.everyone/d'; else cat; fi
}
run() { # ID
  (jvm kafka.Kafka "$DIR/server$1.properties") >>"$DIR/node$1.log" 2>&1 </dev/null &
  echo $! >"$DIR/pid$1"
  disown # a node that is killed is no news
}
pids() { if [ $# -gt 0 ]; then cat "$DIR/pid$1"; else cat "$DIR"/pid? 2>/dev/null || true; fi; }
gone() { local p; for p in "$@"; do while kill -0 "$p" 2>/dev/null; do sleep 0.05; done; done; }
fetch() {
  need java default-jre-headless
  if [ ! -f "$JARS/libs/.complete" ]; then
    need mvn maven
    mvn -B -q ${MVN_ARGS:-} -f "$HERE/pom.xml" dependency:copy-dependencies -DoutputDirectory="$JARS/libs" -DincludeScope=runtime >&2 ||
      { echo "kafka.sh: Maven could not fetch org.apache.kafka:kafka_2.13; see the lines above" >&2; exit 3; }
    touch "$JARS/libs/.complete"
  fi
}
cds() {
  need python3 python3
  rm -f "$JARS/kafka.jsa"; T=$(mktemp -d)
  (DIR=$T; PORTS=$(free) PROXIES=; props 1 1 >"$T/s.properties"; echo "$PORTS" >"$T/base")
  (jvm kafka.tools.StorageTool format -t $CLUSTER_ID -c "$T/s.properties") >/dev/null
  (jvm -XX:ArchiveClassesAtExit="$JARS/kafka.jsa" kafka.Kafka "$T/s.properties") >"$T/log" 2>&1 & P=$!
  python3 "$HERE/kready.py" "127.0.0.1:$(cat "$T/base")" 1 60 >/dev/null; kill $P; wait $P || true
  rm -rf "$T"
}
free() { # a port such that it and the next three are free
  python3 - <<'PY'
import contextlib, socket
while True:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(4)]
        sockets[0].bind(("127.0.0.1", 0))
        port = sockets[0].getsockname()[1]
        try:
            for i in range(1, 4):
                sockets[i].bind(("127.0.0.1", port + i))
        except (OSError, OverflowError):
            continue
        print(port)
        break
PY
}
secure() { # certificates, and passwords as SCRAM wants them when a node is formatted
  local user
  "$HERE/../certificates.sh" "$DIR/certificates" operator
  mkdir -p "$DIR/passwords"
  for user in $USERS; do
    openssl rand -hex 12 >"$DIR/passwords/$user"
    SCRAM+=(--add-scram "SCRAM-SHA-512=[name=$user,password=$(cat "$DIR/passwords/$user")]")
    SCRAM+=(--add-scram "SCRAM-SHA-256=[name=$user,password=$(cat "$DIR/passwords/$user")]")
  done
}
start() { # COUNT
  local n=$1 i
  for i in $(seq $n); do
    props $i $n >"$DIR/server$i.properties"
    [ -d "$DIR/data$i" ] || (jvm kafka.tools.StorageTool format -t $CLUSTER_ID -c "$DIR/server$i.properties" \
      ${SCRAM[@]+"${SCRAM[@]}"}) >/dev/null & done; wait
  for i in $(seq $n); do run $i; done
  for i in $(seq $n); do
    python3 "$HERE/kready.py" 127.0.0.1:$(port $i) $n 60 || { tail -20 "$DIR/node$i.log" >&2; return 1; }
  done
}
wipe() { local p; p=$(pids); [ -z "$p" ] || { kill -9 $p 2>/dev/null || true; gone $p; }; rm -rf "$DIR"/data? "$DIR"/pid? "$DIR"/node?.log "$DIR"/tmp; }
case ${1:-} in
serve)
  need python3 python3
  # Several tests may start at once; one of them prepares the jars.
  exec 9>"$JARS/.lock"; flock 9; fetch; [ -f "$JARS/kafka.jsa" ] || cds >&2 9>&-; exec 9>&-
  DIR=$(mktemp -d "$JARS/serve.XXXXXX")
  trap 'wipe; rm -rf "$DIR"' EXIT
  trap 'exit 0' TERM INT
  COUNT=${2:-1} PORTS= SECURE= SCRAM=()
  if [ "$COUNT" = secure ]; then COUNT=1 SECURE=yes; secure; fi
  for _ in $(seq "$COUNT"); do PORTS+="$(free) "; done
  start "$COUNT" >&2
  ADDRESSES=""
  for i in $(seq "$COUNT"); do ADDRESSES+="${ADDRESSES:+,}127.0.0.1:$(port $i)"; done
  echo "ready $ADDRESSES${SECURE:+ $DIR}"
  while read -r deed node; do
    node=${node:-1}
    case $deed in
    kill) kill -9 "$(pids $node)"; gone "$(pids $node)" ;;
    stop) kill "$(pids $node)"; gone "$(pids $node)" ;;
    run) run $node; python3 "$HERE/kready.py" "127.0.0.1:$(port $node)" 1 60 >&2 ;;
    launch) run $node ;;
    pause) kill -STOP "$(pids $node)" ;;
    cont) kill -CONT "$(pids $node)" ;;
    esac
    echo done
  done
  ;; # Nobody needs its data any more: it is not asked to end, but killed and wiped.
fetch) fetch; ls "$JARS/libs" | wc -l ;;
cds) fetch; cds; ls -l "$JARS/kafka.jsa" ;;
start) need python3 python3; fetch; start "${2:-1}" ;;
run) run $2; python3 "$HERE/kready.py" 127.0.0.1:$(port $2) 1 60 ;;
kill) kill -9 $(pids $2); gone $(pids $2) ;;
pause) kill -STOP $(pids $2) ;;
cont) kill -CONT $(pids $2) ;;
stop) P=$(pids ${2:-}); kill $P 2>/dev/null || true; gone $P ;;
pid) pids $2 ;;
wipe) wipe ;;
*) sed -n '2,19p' "$0"; exit 2 ;;
esac
