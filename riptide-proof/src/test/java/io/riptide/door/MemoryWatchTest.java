package io.riptide.door;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.spi.AuditStore.Query;
import io.riptide.spi.AuditStore.Row;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What is said of tenants whose memory is nearly used up: that quota refuses nobody, so nothing else would tell. */
class MemoryWatchTest {
    private static final Logger LOG = (Logger) LoggerFactory.getLogger(QuotaWatch.class);
    private static final long LIMIT = 200_000;
    private static final int VALUE = 10_000;

    @TempDir
    private Path folder;

    private final ListAppender<ILoggingEvent> said = new ListAppender<>();
    private DoorRig rig;
    private TenantCaller acme;

    @BeforeEach
    void open() {
        said.start();
        LOG.addAppender(said);
        rig = new DoorRig(folder);
        String key = rig.tenants
                .create(new NewTenant(
                        "acme", "T", "O", "o@example.com", "free", new QuotaPatch(LIMIT, 1_000_000L, null, null), null))
                .key()
                .apiKey();
        acme = rig.door.tenant(key, null);
    }

    @AfterEach
    void close() {
        LOG.detachAppender(said);
        rig.close();
    }

    private Namespace namespace() {
        return acme.cache().namespace("n");
    }

    /** Writes it, and reads it, so that it lies in memory. */
    private void hold(int number) {
        byte[] value = new byte[VALUE];
        new Random(number).nextBytes(value);
        namespace().put("k" + number, value, PutOptions.ttl(Duration.ofHours(1)));
        assertThat(namespace().get("k" + number)).isInstanceOf(Lookup.Hit.class);
    }

    private double share() {
        return rig.cache.memoryBytes(acme.grant()) / (double) LIMIT;
    }

    private List<String> lines() {
        return said.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void nineTenthsOfTheMemoryAreSaidOnceAndAgainOnlyAfterTheyWereLeft() {
        int held = 0;
        while (share() < 0.8) {
            hold(held++);
            rig.door.tick();
        }
        assertThat(share()).isLessThan(0.9);
        assertThat(lines()).isEmpty();
        while (share() < 0.9) {
            hold(held++);
        }
        long percent = Math.round(100 * share());
        rig.door.tick();
        rig.door.tick();
        String line = "Tenant acme has used " + percent + " % of its memory_bytes";
        assertThat(lines()).containsExactly(line);
        rig.audit.settle();
        assertThat(rig.audit.after(new Query("acme", "quota.warning", 0), 0, 10))
                .singleElement()
                .satisfies(row -> assertThat(List.of(row.actor(), row.resource(), row.result(), row.detail()))
                        .containsExactly("system", "memory_bytes", "ok", "{\"percent\":" + percent + ",\"count\":1}"));

        // As full as it may be, for long, and with more coming: no more is said of it, and nobody is refused.
        for (int i = 0; i < 40; i++) {
            hold(held++);
            rig.door.tick();
        }
        assertThat(share()).isBetween(0.8, 1.0);
        assertThat(lines()).containsExactly(line);
        assertThat(acme.grant().breaches().refused()).isZero();

        for (int i = 0; i < held; i++) {
            namespace().remove("k" + i);
        }
        assertThat(share()).isLessThan(0.8);
        rig.door.tick();
        while (share() < 0.9) {
            hold(held++);
        }
        rig.door.tick();
        assertThat(lines()).hasSize(2).last().asString().endsWith(" % of its memory_bytes");
        assertThat(rig.audit.after(new Query("acme", null, 0), 0, 100))
                .extracting(Row::action)
                .doesNotContain("quota.exceeded");
    }
}
