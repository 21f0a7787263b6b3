package io.riptide.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    @TempDir
    Path folder;

    private static Ran run(Map<String, String> environment, String... arguments) {
        return Ran.with(environment, arguments);
    }

    private static Ran run(String... arguments) {
        return run(Map.of(), arguments);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "cache",
                "config",
                "config nonsense",
                "config show --nonsense",
                "version more",
                "--set"
            })
    void wrongUsageIsOneLineAndExitCodeTwo(String arguments) {
        Ran ran = arguments.isEmpty() ? run() : run(arguments.split(" "));
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).startsWith("riptide: ").contains("--help").hasLineCount(1);
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void everyCommandHasHelp() {
        assertEachHelps(Main.commandLine(Map.of(), Terminal.ofProcess()));
    }

    private static void assertEachHelps(CommandLine line) {
        String name = line.getCommandSpec().qualifiedName();
        String[] arguments = (name + " --help").substring("riptide ".length()).split(" ");
        Ran ran = run(arguments);
        assertThat(ran.code()).as(name).isZero();
        assertThat(ran.out()).as(name).startsWith("Usage: " + name).contains("--help");
        line.getSubcommands().values().forEach(MainTest::assertEachHelps);
    }

    @Test
    void versionNamesProductAndJava() {
        assertThat(run("version").out()).startsWith("riptide ").contains("Java " + Runtime.version());
        assertThat(VersionCommand.text("2.1", "abc1234")).startsWith("riptide 2.1 (commit abc1234), Java ");
        assertThat(VersionCommand.text("2.1", "")).startsWith("riptide 2.1, Java ");
    }

    @Test
    void checkIsContentWithoutAnyFolder() {
        Ran ran = run("config", "check", "--config", folder.resolve("absent").toString());
        assertThat(ran).isEqualTo(new Ran(0, "The configuration is valid.\n", ""));
    }

    @Test
    void checkPrintsEachErrorAndExitsWithOne() throws IOException {
        Path file = Files.writeString(folder.resolve("a.yml"), "server:\n  port: x\n  hots: y\n");
        Ran ran = run("config", "check", "--config", folder.toString(), "--set", "nonsense=1");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out().lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith(file + ":2: server.port: "))
                .anyMatch(line -> line.startsWith(file + ":3: server.hots: unknown key (nearest: server.host)"))
                .anyMatch(line -> line.startsWith("--set: nonsense: unknown key"));
        assertThat(run("config", "show", "--config", folder.toString()).code()).isEqualTo(1);
    }

    @Test
    void showMasksSecretsAndSaysWhereEachValueCameFrom(@TempDir Path other) throws IOException {
        Path file =
                Files.writeString(folder.resolve("a.yml"), "server:\n  port: 81\nweb:\n  user_agent: ${env:AGENT}\n");
        Files.writeString(other.resolve("b.yml"), "server: {max_connections: 5}");
        Ran ran = run(
                Map.of("AGENT", "hunter2", "RIPTIDE_SERVER__HOST", "::1"),
                "config",
                "show",
                "--config",
                folder.toString(),
                "--config",
                other.toString(),
                "--set",
                "web.max_body_bytes=9");
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).doesNotContain("hunter2");
        assertThat(ran.out().lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "KEY VALUE FROM",
                        "server.port 81 " + file + ":2",
                        "server.max_connections 5 " + other.resolve("b.yml") + ":1",
                        "web.user_agent ****** " + file + ":4",
                        "server.host ::1 environment RIPTIDE_SERVER__HOST",
                        "web.max_body_bytes 9 --set",
                        "persistence.cache.durability buffered default");
    }

    @Test
    void referenceNamesEveryKeyOnALineOfItsOwn() {
        Ran ran = run("config", "reference");
        assertThat(ran.code()).isZero();
        assertThat(ran.out().lines()).allMatch(line -> line.equals(line.stripTrailing()));
        assertThat(ran.out()).contains("persistence.cache.namespaces.<name>.default_ttl_seconds", "3600", "bytes");
    }

    @Test
    void theReferencePageIsWhatTheCommandPrints() throws IOException {
        Path page = Path.of(System.getProperty("basedir", "."), "..", "docs", "configuration.md");
        assertThat(Files.readString(page))
                .endsWith(run("config", "reference", "--markdown").out());
    }

    @Test
    void trainingRunsTheUsualPathsAndIsNotListed() {
        assertThat(run("train")).isEqualTo(new Ran(0, "The usual paths ran.\n", ""));
        assertThat(run("--help").out()).contains("serve").doesNotContain("train");
    }

    @Test
    void completionIsAScriptForTheShell() {
        assertThat(run("completion").out())
                .contains("complete -F", "riptide")
                .contains("delete get list put stats", "'--if-absent'", "'--cursor'", "'--tenant'", "'--api-key'")
                .contains("create delete list resume show suspend update", "create list revoke rotate")
                .contains("'--encryption' '--no-encryption'", "'--settings'", "'--access-policies'")
                .contains("'--operations-per-minute'", "'--overlap-seconds'", "\"cache:read\"", "\"viewer\"");
    }

    @Test
    void aKeyInTheWrongPlaceIsNotShown() {
        Ran ran = run("version", "rtk_id_secret");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("rtk_…").doesNotContain("secret");
    }

    @Test
    void anArgumentThatBeginsWithAnAtSignIsNoFileOfArguments() throws IOException {
        Path file = Files.writeString(folder.resolve("arguments"), "version");
        assertThat(run("@" + file).code()).isEqualTo(2);
    }
}
