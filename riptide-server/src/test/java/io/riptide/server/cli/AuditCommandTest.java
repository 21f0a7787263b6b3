package io.riptide.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.riptide.server.LiveServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import picocli.CommandLine;

class AuditCommandTest {
    @RegisterExtension
    static final LiveServer SERVER = new LiveServer();

    private static Map<String, String> environment() {
        return Map.of(
                "RIPTIDE_URL", "http://127.0.0.1:" + SERVER.port(), "RIPTIDE_ADMIN_API_KEY", LiveServer.ADMIN_KEY);
    }

    private static Ran audit(String... arguments) {
        return Ran.with(
                environment(),
                Stream.concat(Stream.of("audit"), Stream.of(arguments)).toArray(String[]::new));
    }

    @Test
    void theNewestRowsInTheirOrder() throws IOException {
        SERVER.tenant("tail-1");
        SERVER.as(LiveServer.ADMIN_KEY, "POST", "/admin/tenants/tail-1/suspend", "{\"reason\": \"r\"}");
        Ran ran = audit("tail", "--tenant", "tail-1");
        assertThat(ran.code()).as(ran.err()).isZero();
        String[] lines = ran.out().split("\n");
        assertThat(lines).hasSize(3);
        assertThat(lines[0]).startsWith("SEQ").contains("ACTOR").contains("DETAIL");
        assertThat(lines[1]).contains("environment").contains("tenant.create").contains("billing_plan=free");
        assertThat(lines[2]).contains("tenant.suspend").contains("tenants/tail-1");
        assertThat(audit("tail", "--tenant", "tail-1", "--action", "tenant.suspend")
                        .out())
                .doesNotContain("tenant.create");
        assertThat(audit("tail", "--tenant", "tail-1", "--limit", "1").out()).doesNotContain("tenant.create");
        assertThat(audit("tail", "--tenant", "tail-1", "--since", "2100-01-01T00:00:00Z")
                        .out()
                        .split("\n"))
                .hasSize(1);
        Ran json = audit("tail", "--tenant", "tail-1", "--json");
        for (String line : json.out().split("\n")) {
            assertThat(new JsonMapper().readTree(line).get("tenant_id").asText())
                    .isEqualTo("tail-1");
        }
    }

    @Test
    void whatComesIsFollowed() {
        AtomicInteger round = new AtomicInteger();
        BooleanSupplier rounds = () -> {
            try {
                SERVER.tenant("tail-follow-" + round.incrementAndGet());
                return round.get() <= 3;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Terminal terminal = Terminal.of(new ByteArrayInputStream(new byte[0]), out, out);
        int code = new CommandLine(new AuditCommand(environment(), terminal, rounds))
                .execute("tail", "--follow", "--limit", "1", "--action", "tenant.create");
        terminal.out().flush();
        assertThat(code).isZero();
        String text = out.toString(StandardCharsets.UTF_8);
        assertThat(text.split("SEQ")).as("one head").hasSize(2);
        for (int i = 1; i <= 3; i++) {
            assertThat(text.split("tenants/tail-follow-" + i)).as("once").hasSize(2);
        }
    }

    @Test
    void whatIsWrongIsWrongUsageOrARefusal() {
        assertThat(audit("tail", "--limit", "0").code()).isEqualTo(2);
        Ran refused = audit("tail", "--since", "yesterday");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("since");
    }

    @Test
    void aBrokenChainIsNamedAndFailsTheCommand() throws Exception {
        SERVER.tenant("tail-2");
        Ran whole = audit("verify");
        assertThat(whole.code()).as(whole.err()).isZero();
        assertThat(whole.out()).startsWith("The chain holds: ").contains("Head: ");
        String head = whole.out().strip().replaceAll("(?s).*Head: ", "");
        assertThat(audit("verify", "--head", head).code()).isZero();
        assertThat(audit("verify", "--head", head.replaceAll(":.*", ":" + "0".repeat(64)))
                        .code())
                .isEqualTo(1);
        try (Connection db = DriverManager.getConnection(
                        "jdbc:sqlite:" + SERVER.data().resolve("control.db"));
                Statement statement = db.createStatement()) {
            statement.execute("DROP TRIGGER audit_log_is_kept");
            statement.execute("DELETE FROM audit_log WHERE seq = 1");
        }
        Ran broken = audit("verify");
        assertThat(broken.code()).isEqualTo(1);
        assertThat(broken.out()).isEmpty();
        assertThat(broken.err()).isEqualTo("The chain is broken at row 1: it is not there.\n");
        Ran json = audit("verify", "--json");
        assertThat(json.code()).isEqualTo(1);
        assertThat(new JsonMapper()
                        .readTree(json.out())
                        .get("first_invalid_seq")
                        .asLong())
                .isEqualTo(1);
    }
}
