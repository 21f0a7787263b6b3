package io.riptide.server;

import io.riptide.config.ConfigLoader;
import io.riptide.config.ConfigOutcome;
import io.riptide.config.PersistenceConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A real server over real stores in a folder of its own, for the tests of one class. */
public final class LiveServer implements TestServer, BeforeAllCallback, AfterAllCallback {
    private final List<String> settings = new ArrayList<>(List.of("server.port=0"));
    private Path data;
    private RipTideServer server;

    public LiveServer(String... settings) {
        this.settings.addAll(List.of(settings));
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        data = java.nio.file.Files.createTempDirectory("riptide-server-test");
        server = RipTideServer.start(config(), data, ADMIN_KEY);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        server.close();
        try (var files = java.nio.file.Files.walk(data)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }

    private PersistenceConfig config() {
        ConfigOutcome outcome = new ConfigLoader(Map.of()).load(List.of(), settings);
        if (outcome instanceof ConfigOutcome.Valid valid) {
            return valid.config();
        }
        throw new AssertionError(outcome.toString());
    }

    RipTideServer server() {
        return server;
    }

    /** The folder that it keeps everything in. */
    public Path data() {
        return data;
    }

    @Override
    public int port() {
        return server.port();
    }
}
