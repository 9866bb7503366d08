#!/usr/bin/env bash
# Installs the peers of retrieval into a folder outside the tree: Lucene (Maven Central), tantivy and faiss (PyPI).
#
#   bench/peers/retrieval/setup.sh PEERS_DIR
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
peers="${1:?give a folder to install into}"
lucene=9.12.0
mkdir -p "$peers/lucene"
python3 -m venv "$peers/venv"
"$peers/venv/bin/pip" install --quiet numpy tantivy==0.27.0 faiss-cpu==1.15.1
cat > "$peers/lucene/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>peer</groupId><artifactId>peer</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.lucene</groupId><artifactId>lucene-core</artifactId><version>$lucene</version></dependency>
<dependency><groupId>org.apache.lucene</groupId><artifactId>lucene-analysis-common</artifactId><version>$lucene</version></dependency>
</dependencies></project>
POM
(cd "$peers/lucene" && mvn -q dependency:copy-dependencies -DoutputDirectory=jars)
javac -cp "$peers/lucene/jars/*" -d "$peers/lucene" "$here/LucenePeer.java"
echo "peers: ready in $peers"
