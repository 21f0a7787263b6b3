# Read by the other scripts here, in the repository's directory: builds riptide-proof and finds a JDK of at least 21.
# Sets java_home and class_path.
./mvnw -B -q -ntp -pl riptide-proof -am -Dmaven.test.skip=true -Dspotless.check.skip=true -Djacoco.skip=true \
  -Dcoverage.skip=true compile dependency:build-classpath -Dmdep.outputFile=target/bench.classpath
class_path=$PWD/riptide-proof/target/classes:$(cat riptide-proof/target/bench.classpath)

java_home=${RIPTIDE_JAVA_HOME:-${JAVA_HOME:-}}
major() { sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null; }
for candidate in "$java_home" /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
  if [ -x "$candidate/bin/javac" ] && [ "$(major "$candidate")" -ge 21 ] 2>/dev/null; then
    java_home=$candidate
    break
  fi
done
