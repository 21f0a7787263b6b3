package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.config.ConfigLoader;
import io.riptide.config.ConfigOutcome;
import io.riptide.config.PersistenceConfig;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartTest {
    @TempDir
    private Path data;

    private static PersistenceConfig onPort(int port) {
        ConfigOutcome outcome = new ConfigLoader(Map.of()).load(List.of(), List.of("server.port=" + port));
        return ((ConfigOutcome.Valid) outcome).config();
    }

    @Test
    void theFirstStartMakesAnAdminKeyAndTheNextOnesKeepIt() throws IOException {
        String made;
        try (RipTideServer server = RipTideServer.start(onPort(0), data, null)) {
            made = server.firstAdminKey();
            assertThat(opens(server, made)).isTrue();
        }
        Path file = data.resolve("admin.key");
        assertThat(Files.readString(file).strip()).isEqualTo(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (RipTideServer server = RipTideServer.start(onPort(0), data, null)) {
            assertThat(server.firstAdminKey()).isNull();
            assertThat(opens(server, made)).isTrue();
        }
    }

    private static boolean opens(RipTideServer server, String key) throws IOException {
        try (Wire wire = new Wire(server.port())) {
            return wire.call("GET", "/admin/tenants", null, "X-API-Key: " + key).status() == 200;
        }
    }

    @Test
    void aPortThatIsTakenAndAFolderInUseAreToldAndNothingStaysOpen(@TempDir Path other) {
        try (RipTideServer server = RipTideServer.start(onPort(0), data, null)) {
            assertThatThrownBy(() -> RipTideServer.start(onPort(server.port()), other, null))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + server.port());
            assertThatThrownBy(() -> RipTideServer.start(onPort(0), data, null))
                    .isInstanceOfSatisfying(
                            RipTideException.class,
                            e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.CONFLICT));
        }
        RipTideServer.start(onPort(0), other, null).close();
    }

    @Test
    void anAdminKeyThatIsTooShortIsRefusedByName() {
        assertThatThrownBy(() -> RipTideServer.start(onPort(0), data, "short"))
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().errors().getFirst().field()).isEqualTo("RIPTIDE_ADMIN_API_KEY"));
        RipTideServer.start(onPort(0), data, null).close();
    }
}
