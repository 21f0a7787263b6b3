package io.riptide;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.riptide.audit.AuditCheck;
import io.riptide.audit.AuditEvent;
import io.riptide.audit.AuditHead;
import io.riptide.audit.AuditLog;
import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.ConfigLoader;
import io.riptide.config.ConfigOutcome;
import io.riptide.config.PersistenceConfig;
import io.riptide.spi.AuditStore.Query;
import io.riptide.spi.AuditStore.Row;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.testkit.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What housekeeping does about the audit log: old rows go, and its end is said each hour. */
class RetentionTest {
    private static final Logger LOG = (Logger) LoggerFactory.getLogger(AuditLog.class);
    private static final Duration KEPT = Duration.ofDays(2);

    @TempDir
    private Path folder;

    private final ManualTime time = new ManualTime();
    private final ListAppender<ILoggingEvent> said = new ListAppender<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private RipTide riptide;

    @BeforeEach
    void open() {
        ConfigOutcome outcome = new ConfigLoader(Map.of()).load(List.of(), List.of("audit.retention_days=2"));
        PersistenceConfig config = ((ConfigOutcome.Valid) outcome).config();
        riptide = RipTide.withTime(
                config,
                RocksDbEntryStore.open(folder.resolve("entries"), config.rocksdb(), Durability.BUFFERED, Runnable::run),
                SqlControlStore.sqlite(folder.resolve("control.db"), threads),
                time,
                null);
        said.start();
        LOG.addAppender(said);
    }

    @AfterEach
    void close() {
        LOG.detachAppender(said);
        riptide.close();
        threads.close();
    }

    private void write(String action) {
        riptide.audit().record(AuditEvent.of("somebody", action));
    }

    private List<String> actions() {
        return riptide.audit().after(Query.ALL, 0, 100).stream()
                .map(Row::action)
                .toList();
    }

    private List<String> ends() {
        return said.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.startsWith("The audit log ends"))
                .toList();
    }

    private String end() {
        AuditHead head = riptide.audit().head();
        return "The audit log ends with " + head.seq() + ":" + head.hash();
    }

    @Test
    void whatIsOlderThanTheConfigurationSaysGoesAndTheChainHolds() {
        write("first");
        write("second");
        time.advance(Duration.ofDays(1));
        write("third");
        time.advance(KEPT.minusDays(1));
        riptide.tick();
        assertThat(actions()).as("to the millisecond as old as it may be").containsExactly("first", "second", "third");

        time.advance(Duration.ofMillis(1));
        riptide.tick();
        assertThat(actions()).as("within the minute it is not looked again").hasSize(3);
        time.advance(Duration.ofMinutes(1));
        riptide.tick();
        assertThat(actions()).containsExactly("third", "audit.retention");
        Row cut = riptide.audit().after(Query.ALL, 3, 1).getFirst();
        assertThat(cut.actor()).isEqualTo("system");
        assertThat(cut.detail()).isEqualTo("{\"removed\":2,\"up_to_seq\":2}");
        AuditCheck check = riptide.audit().verify(null);
        assertThat(check.valid()).isTrue();
        assertThat(check.fromSeq()).isEqualTo(3);
        assertThat(check.entries()).isEqualTo(2);

        time.advance(Duration.ofMinutes(1));
        riptide.tick();
        assertThat(actions()).as("nothing more is old").containsExactly("third", "audit.retention");
        time.advance(KEPT.plusDays(30));
        riptide.tick();
        assertThat(actions()).as("the newest stays").containsExactly("audit.retention", "audit.retention");
        assertThat(riptide.audit().verify(null).valid()).isTrue();
    }

    @Test
    void theEndOfTheLogIsSaidAtTheStartAndThenEachHour() {
        write("first");
        riptide.tick();
        String first = end();
        assertThat(first).startsWith("The audit log ends with 1:");
        assertThat(ends()).containsExactly(first);
        write("second");
        time.advance(Duration.ofMinutes(59));
        riptide.tick();
        time.advance(Duration.ofSeconds(59));
        riptide.tick();
        assertThat(ends()).containsExactly(first);
        time.advance(Duration.ofSeconds(1));
        riptide.tick();
        riptide.tick();
        String second = end();
        assertThat(second).startsWith("The audit log ends with 2:");
        assertThat(ends()).containsExactly(first, second);
        assertThat(riptide.audit().verify(riptide.audit().head()).valid())
                .as("what was said is what the log is held to")
                .isTrue();

        LOG.detachAppender(said);
        riptide.close();
        said.list.clear();
        open();
        riptide.tick();
        assertThat(ends()).as("after a restart at once").containsExactly(second);
    }
}
