package io.riptide.proof.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.config.ConfigLoader;
import io.riptide.config.ConfigOutcome;
import io.riptide.config.PersistenceConfig;
import io.riptide.proof.Needs;
import io.riptide.server.RipTideServer;
import io.riptide.server.cli.Main;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's commands, run by bash as they stand there, against a server that has just been started. */
class ReadmeTerminalTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^## From a terminal$.*?^```sh\\n(.*?)^```$");

    @TempDir
    Path folder;

    @Test
    void eachCommandDoesAsAReaderWouldExpect() throws Exception {
        Needs.program("bash");
        PersistenceConfig config =
                ((ConfigOutcome.Valid) new ConfigLoader(Map.of()).load(List.of(), List.of("server.port=0"))).config();
        try (RipTideServer server = RipTideServer.start(config, folder.resolve("data"), null)) {
            launcher();
            Matcher block = BLOCK.matcher(Readme.text());
            assertThat(block.find()).isTrue();
            String answer = bash(server, block.group(1) + "./riptide cache get pages home\n");
            assertThat(answer)
                    .containsSubsequence(
                            "Made the tenant globex. Its first API key, which is not shown again:\n",
                            "Stored, 13 bytes.\n",
                            "TENANT",
                            "globex",
                            "600",
                            "Globex\n",
                            "<h1>Home</h1>")
                    .doesNotContain("rtk_");
        }
    }

    /** The commands of this build where the README has the launcher. */
    private void launcher() throws IOException {
        Path launcher = folder.resolve("riptide");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Files.writeString(launcher, """
                #!/usr/bin/env bash
                exec '%s' -cp '%s' %s "$@"
                """.formatted(java, System.getProperty("java.class.path"), Main.class.getName()));
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
    }

    private String bash(RipTideServer server, String script) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().put("RIPTIDE_URL", "http://127.0.0.1:" + server.port());
        Process process = builder.start();
        process.getOutputStream().close();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(script + "\n" + answer).isZero();
        return answer;
    }
}
