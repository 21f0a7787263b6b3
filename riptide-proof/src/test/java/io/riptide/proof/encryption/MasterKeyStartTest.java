package io.riptide.proof.encryption;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.proof.ServerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code serve} does where the master key is wrong or missing. */
class MasterKeyStartTest {
    private static final String RIGHT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final String OTHER = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh4=";
    private static final String TOO_SHORT = "AAECAwQFBgcICQoLDA0ODw==";

    @TempDir
    private Path folder;

    private record Ended(int code, String said) {}

    private Ended serve(String... settings) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.riptide.server.cli.Main",
                "serve",
                "--port",
                "0",
                "--config",
                folder.resolve("no-config").toString(),
                "--data",
                folder.resolve("data").toString()));
        for (String setting : settings) {
            command.addAll(List.of("--set", setting));
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("RIPTIDE_"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("it ends by itself")
                    .isTrue();
            return new Ended(process.exitValue(), text(process));
        } finally {
            process.destroyForcibly();
        }
    }

    private static String text(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void aWrongOrMissingMasterKeyIsRefusedWithALineThatNamesIt() throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), "security.master_key=" + RIGHT)) {
            assertThat(server.createTenant("t")).isNotEmpty();
            assertThat(server.change("t", "{\"encryption_enabled\": true}")).isEqualTo(200);
        }
        for (String[] settings : new String[][] {{}, {"security.master_key=" + OTHER}}) {
            Ended ended = serve(settings);
            assertThat(ended.code()).as(ended.said()).isEqualTo(1);
            assertThat(ended.said()).contains("security.master_key").doesNotContain(OTHER, "Exception");
        }
        Ended invalid = serve("security.master_key=" + TOO_SHORT);
        assertThat(invalid.code()).isEqualTo(1);
        assertThat(invalid.said()).contains("security.master_key", "32 bytes").doesNotContain(TOO_SHORT);
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), "security.master_key=" + RIGHT)) {
            assertThat(server.change("t", "{\"name\": \"still here\"}")).isEqualTo(200);
        }
    }
}
