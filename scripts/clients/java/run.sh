#!/usr/bin/env bash
# Runs Consume.java with Apache Kafka's client and Apache Avro: run.sh BOOTSTRAP REGISTRY TOPIC...
# DIR (default target/test-services/java) holds the jars, fetched once.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
DIR=${DIR:-$HERE/../../../target/test-services/java}
need() { # COMMAND PACKAGE
    command -v "$1" >/dev/null || { echo "run.sh: \`$1\` is missing: install the package $2" >&2; exit 3; }
}
need javac default-jdk-headless
mkdir -p "$DIR"
exec 9>"$DIR/.lock"
flock 9
if ! cmp -s "$HERE/pom.xml" "$DIR/.complete"; then
    need mvn maven
    rm -rf "$DIR/libs"
    mvn -B -q -f "$HERE/pom.xml" dependency:copy-dependencies -DoutputDirectory="$DIR/libs" -DincludeScope=runtime >&2 ||
        { echo "run.sh: Maven could not fetch what pom.xml names; see the lines above" >&2; exit 3; }
    cp "$HERE/pom.xml" "$DIR/.complete"
fi
if [ "$HERE/Consume.java" -nt "$DIR/classes/Consume.class" ]; then
    javac -cp "$DIR/libs/*" -d "$DIR/classes" "$HERE/Consume.java"
fi
exec 9>&-
exec java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$DIR/classes:$DIR/libs/*" Consume "$@"
