package io.riptide.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a release's layout, with small scripts in place of the JDKs, which print how they were called. */
class LauncherTest {
    private static final String SCRIPT = """
            #!/bin/sh
            echo "java of ${0%%/bin/java}"
            for a in "$@"; do
              case "$a" in
                -XX:AOTCacheOutput=*|-XX:ArchiveClassesAtExit=*) echo classes > "${a#*=}" ;;
              esac
              echo "arg $a"
            done
            echo "arenas $MALLOC_ARENA_MAX"
            exit %d
            """;

    @TempDir
    Path home;

    private Path launcher;

    @BeforeEach
    void unpack() throws IOException {
        launcher = home.resolve("riptide");
        Files.copy(Path.of(System.getProperty("basedir", "."), "..", "riptide"), launcher);
        Files.createDirectory(home.resolve("lib"));
        Files.writeString(home.resolve("riptide-server.jar"), "");
    }

    private Path jdk(String name, String version, int exitCode) throws IOException {
        Path jdk = Files.createDirectories(home.resolve("jdks").resolve(name));
        Files.createDirectory(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        for (String tool : List.of("java", "javac")) {
            Path script = Files.writeString(jdk.resolve("bin").resolve(tool), SCRIPT.formatted(exitCode));
            assertThat(script.toFile().setExecutable(true)).isTrue();
        }
        return jdk;
    }

    private record Ran(int code, String out, String err) {}

    private Ran run(Map<String, String> environment, Path script, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("bash", script.toString()));
        command.addAll(List.of(arguments));
        Path out = home.resolve("out");
        Path err = home.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        // A service may have no home.
        builder.environment().keySet().removeAll(List.of("HOME", "JAVA_HOME", "RIPTIDE_JAVA_HOME", "MALLOC_ARENA_MAX"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    @Test
    void javaIsCalledWithItsFlagsTheJarAndTheArgumentsAsTheyAre() throws Exception {
        Path jdk = jdk("a", "25.0.3", 7);
        Ran ran = run(Map.of("RIPTIDE_JAVA_HOME", jdk.toString()), launcher, "serve", "--set", "a=b c", "");
        assertThat(ran.code()).isEqualTo(7);
        assertThat(ran.out().lines())
                .startsWith("java of " + jdk)
                .contains(
                        "arg --enable-native-access=ALL-UNNAMED",
                        "arg -XX:AOTCache=" + home.resolve("riptide-25.0.3.aot"))
                .containsSequence(
                        "arg -jar",
                        "arg " + home.resolve("riptide-server.jar"),
                        "arg serve",
                        "arg --set",
                        "arg a=b c",
                        "arg ")
                .endsWith("arenas 2");
    }

    @Test
    void classesArePreparedOnceForEachJavaAndAgainForOtherJars() throws Exception {
        Map<String, String> newer =
                Map.of("RIPTIDE_JAVA_HOME", jdk("a", "25.0.3", 0).toString());
        Map<String, String> older =
                Map.of("RIPTIDE_JAVA_HOME", jdk("b", "21.0.9", 0).toString());
        assertThat(run(newer, launcher).err()).contains("preparing a fast start for Java 25.0.3");
        assertThat(run(newer, launcher).err()).isEmpty();
        Ran first = run(older, launcher);
        assertThat(first.err()).contains("preparing a fast start for Java 21.0.9");
        assertThat(first.out()).contains("-XX:SharedArchiveFile=" + home.resolve("riptide-21.0.9.jsa"));
        Path jar = home.resolve("riptide-server.jar");
        assertThat(jar.toFile().setLastModified(jar.toFile().lastModified() + 60_000))
                .isTrue();
        assertThat(run(newer, launcher).err()).contains("preparing");
    }

    @Test
    void anOwnJavaGoesBeforeJavaHomeAndOneThatIsTooOldIsPassedOver() throws Exception {
        Path own = jdk("own", "21.0.1", 0);
        Path general = jdk("general", "25.0.1", 0);
        Path old = jdk("old", "17.0.1", 0);
        Map<String, String> environment = new HashMap<>();
        environment.put("RIPTIDE_JAVA_HOME", own.toString());
        environment.put("JAVA_HOME", general.toString());
        assertThat(run(environment, launcher).out()).startsWith("java of " + own);
        environment.put("RIPTIDE_JAVA_HOME", old.toString());
        assertThat(run(environment, launcher).out()).startsWith("java of " + general);
        Path bin = general.resolve("bin");
        environment.put("JAVA_HOME", old.toString());
        environment.put("PATH", bin + ":" + System.getenv("PATH"));
        assertThat(run(environment, launcher).out()).startsWith("java of " + general);
    }

    @Test
    void itIsFoundThroughALink() throws Exception {
        Path link = Files.createSymbolicLink(
                Files.createDirectory(home.resolve("bin")).resolve("rt"), launcher);
        Ran ran = run(Map.of("RIPTIDE_JAVA_HOME", jdk("a", "25.0.3", 0).toString()), link, "version");
        assertThat(ran.out()).contains("arg " + home.resolve("riptide-server.jar"));
    }

    @Test
    void withoutAJavaThatIsNewEnoughItSaysWhatToInstallAndExitsWithTwo() throws Exception {
        Path demanding = home.resolve("demanding");
        Files.writeString(demanding, Files.readString(launcher).replace("NEEDED=21", "NEEDED=999"));
        Ran ran = run(Map.of("JAVA_HOME", jdk("a", "25.0.3", 0).toString()), demanding, "version");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).hasLineCount(1).contains("install a JDK", "RIPTIDE_JAVA_HOME");
    }

    @Test
    void aReleaseWithoutItsJarSaysSo() throws Exception {
        Files.delete(home.resolve("riptide-server.jar"));
        Ran ran = run(Map.of("RIPTIDE_JAVA_HOME", jdk("a", "25.0.3", 0).toString()), launcher, "version");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).hasLineCount(1).contains("riptide-server.jar is missing");
    }

    @Test
    void aServiceWithoutAHomeFindsTheMachinesJdkOrIsToldToInstallOne() throws Exception {
        Ran ran = run(Map.of(), launcher, "version");
        assertThat(ran.err()).doesNotContain("unbound").containsAnyOf("no JDK 21", "preparing a fast start");
    }
}
