package io.riptide.cache;

import static io.riptide.cache.CacheRig.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.grant.TenantGrant;
import io.riptide.observe.CacheOperation;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Quotas;
import io.riptide.spi.Removal;
import io.riptide.spi.TenantRecord.Status;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused or fails is counted once for each key, under its operation, and is no usage. */
class RefusalCountTest {
    private static final List<BatchEntry> TWO = List.of(
            new BatchEntry("a", bytes("v"), PutOptions.DEFAULT), new BatchEntry("b", bytes("v"), PutOptions.DEFAULT));

    @TempDir
    private Path folder;

    private CacheRig rig;

    @BeforeEach
    void open() {
        rig = new CacheRig(folder);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static Map<String, Long> counts(TenantGrant grant) {
        long[] cells = new long[CacheOperation.CELLS];
        grant.meter().cells(cells);
        Map<String, Long> counts = new TreeMap<>();
        for (CacheOperation operation : CacheOperation.values()) {
            operation.results().forEach(result -> {
                long count = cells[operation.cell(result)];
                if (count != 0) {
                    counts.put(operation.label() + " " + result.label(), count);
                }
            });
        }
        return counts;
    }

    private static void refused(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(RipTideException.class);
    }

    private static void eachOnce(Namespace namespace) {
        refused(() -> namespace.get("k"));
        refused(() -> namespace.getAll(List.of("a", "b", "c")));
        refused(() -> namespace.put("k", bytes("v"), PutOptions.DEFAULT));
        refused(() -> namespace.putAll(TWO));
        refused(() -> namespace.remove("k"));
        refused(() -> namespace.removeAll(Removal.Mode.REMOVE));
        refused(() -> namespace.list(10, null));
    }

    @Test
    void aStoreThatIsAwayIsAnError() {
        TenantCache cache = rig.tenant("acme");
        rig.store.close();
        eachOnce(cache.namespace("n"));
        refused(() -> cache.namespace("n").getOrLoad("k", key -> new Loader.Loaded(bytes("v"), PutOptions.DEFAULT)));
        assertThat(counts(cache.grant()))
                .isEqualTo(Map.of(
                        "get error", 2L,
                        "batch_get error", 3L,
                        "put error", 1L,
                        "batch_put error", 2L,
                        "delete error", 1L,
                        "invalidate error", 1L));
        assertThat(cache.grant().meter().operations()).isZero();
    }

    @Test
    void aTenantThatIsSuspendedIsDenied() {
        TenantGrant grant = rig.grant("acme", CacheRig.WIDE);
        Namespace namespace = rig.manager.open(grant).namespace("n");
        namespace.put("k", bytes("v"), PutOptions.DEFAULT);
        namespace.get("k");
        grant.apply(CacheRig.row("acme", CacheRig.WIDE, Status.SUSPENDED));
        eachOnce(namespace);
        assertThat(counts(grant))
                .isEqualTo(Map.of(
                        "put ok", 1L,
                        "get hit_l2", 1L,
                        "get denied", 1L,
                        "batch_get denied", 3L,
                        "put denied", 1L,
                        "batch_put denied", 2L,
                        "delete denied", 1L,
                        "invalidate denied", 1L));
    }

    @Test
    void whoIsOverTheRateIsSoWithAHitToo() {
        TenantGrant grant = rig.grant("acme", new Quotas(1 << 20, 3, 1 << 20, 1));
        Namespace namespace = rig.manager.open(grant).namespace("n");
        namespace.put("k", bytes("v"), PutOptions.DEFAULT);
        namespace.get("k");
        namespace.get("k");
        eachOnce(namespace);
        refused(() -> namespace.getOrLoad("k", key -> new Loader.Loaded(bytes("v"), PutOptions.DEFAULT)));
        // More than the bucket can ever hold is not valid, and counts nowhere.
        refused(() -> namespace.getAll(List.of("a", "b", "c", "d")));
        assertThat(counts(grant))
                .isEqualTo(Map.of(
                        "put ok", 1L,
                        "get hit_l2", 1L,
                        "get hit_l1", 1L,
                        "get quota", 2L,
                        "batch_get quota", 3L,
                        "put quota", 1L,
                        "batch_put quota", 2L,
                        "delete quota", 1L,
                        "invalidate quota", 1L));
    }

    @Test
    void aLoadThatFailsIsAnErrorOfItsOwnAndOfTheReadThatAsked() {
        TenantCache cache = rig.tenant("acme");
        Namespace namespace = cache.namespace("n");
        refused(() -> namespace.getOrLoad("k", key -> {
            throw new IllegalStateException("the origin is away");
        }));
        namespace.getOrLoad("k", key -> new Loader.Loaded(bytes("v"), PutOptions.DEFAULT));
        assertThat(counts(cache.grant()))
                .isEqualTo(Map.of("load error", 1L, "get error", 1L, "load ok", 1L, "get miss", 1L));
    }
}
