package io.riptide.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.riptide.cache.BatchEntry;
import io.riptide.cache.Loader;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.cache.PutResult;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.quota.Breaches.Resource;
import io.riptide.spi.AuditStore.Query;
import io.riptide.spi.AuditStore.Row;
import io.riptide.spi.TenantRecord.Status;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.tenant.TenantManager.TenantPatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What is said and done of tenants that come near their quotas, or meet them. */
class QuotaWatchTest {
    private static final Logger LOG = (Logger) LoggerFactory.getLogger(QuotaWatch.class);

    @TempDir
    Path folder;

    private final ListAppender<ILoggingEvent> said = new ListAppender<>();
    private DoorRig rig;
    private TenantCaller acme;

    @BeforeEach
    void listen() {
        said.start();
        LOG.addAppender(said);
    }

    @AfterEach
    void close() {
        LOG.detachAppender(said);
        rig.close();
    }

    private void open(String... settings) {
        rig = new DoorRig(folder, true, null, Runnable::run, settings);
        String key = rig.tenants
                .create(new NewTenant(
                        "acme", "T", "O", "o@example.com", "free", new QuotaPatch(null, 10L, 1000L, null), null))
                .key()
                .apiKey();
        acme = rig.door.tenant(key, null);
    }

    private List<String> lines() {
        return said.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    /** What stands in the audit log, once what was noted is written. */
    private List<Row> audited() {
        rig.audit.tick();
        return rig.audit.after(Query.ALL, 0, 100);
    }

    private Namespace namespace() {
        return acme.cache().namespace("n");
    }

    private void read(int times) {
        for (int i = 0; i < times; i++) {
            namespace().get("k");
        }
    }

    private void refused(int times) {
        for (int i = 0; i < times; i++) {
            assertThatThrownBy(() -> namespace().get("k")).isInstanceOf(RipTideException.class);
        }
    }

    private void put(String key, int bytes) {
        byte[] value = new byte[bytes];
        new Random(bytes).nextBytes(value);
        namespace().put(key, value, PutOptions.ttl(Duration.ofHours(1)));
    }

    @Test
    void nineTenthsAreSaidOnceAndAgainOnlyAfterTheyWereLeft() {
        open();
        read(8);
        rig.door.tick();
        assertThat(lines()).isEmpty();
        read(1);
        rig.door.tick();
        assertThat(lines()).containsExactly("Tenant acme has used 90 % of its operations_per_minute");
        read(1);
        rig.door.tick();
        rig.door.tick();
        assertThat(lines()).hasSize(1);
        rig.time.advance(Duration.ofMinutes(1));
        rig.door.tick();
        read(9);
        rig.door.tick();
        assertThat(lines()).hasSize(2);
    }

    @Test
    void whoIsBackAtEightTenthsHasNotLeft() {
        open();
        read(1);
        rig.time.advance(Duration.ofSeconds(29));
        rig.door.tick();
        rig.time.advance(Duration.ofSeconds(1));
        read(8);
        rig.door.tick();
        assertThat(lines()).hasSize(1);
        rig.time.advance(Duration.ofSeconds(31));
        assertThat(acme.grant().operationsShare()).isEqualTo(0.8);
        rig.door.tick();
        read(1);
        assertThat(acme.grant().operationsShare()).isEqualTo(0.9);
        rig.door.tick();
        assertThat(lines()).hasSize(1);
    }

    @Test
    void whoIsNearAllOfItsQuotasAtOnceIsSaidToBe() {
        open();
        put("k", 850);
        read(9);
        long held = rig.cache.memoryBytes(acme.grant());
        assertThat(held).isPositive();
        rig.tenants.update(
                "acme", new TenantPatch(null, null, null, null, new QuotaPatch(held, null, null, null), null), null);
        rig.door.tick();
        assertThat(audited())
                .extracting(Row::resource)
                .containsExactlyInAnyOrder("operations_per_minute", "memory_bytes", "storage_bytes");
    }

    @Test
    void ofManyTenantsTenAreSaidByNameEachRound() {
        open();
        List<TenantGrant> grants = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            rig.tenant("t" + i);
            grants.add(rig.door.grant("t" + i));
        }
        grants.forEach(grant -> grant.permit(1_000));
        rig.door.tick();
        assertThat(lines()).hasSize(11).last().isEqualTo("And 2 more tenants came near a quota");
        assertThat(audited()).as("the audit log has them all").hasSize(12);
        said.list.clear();
        read(9);
        rig.door.tick();
        assertThat(lines()).containsExactly("Tenant acme has used 90 % of its operations_per_minute");
    }

    @Test
    void refusalsOfOneWhoIsNearNoQuotaAddUpOverRounds() {
        open("persistence.tenant.auto_suspend.enabled=true", "persistence.tenant.auto_suspend.after_violations=2");
        for (int i = 0; i < 2; i++) {
            assertThat(rig.tenants.tenant("acme").status()).isEqualTo(Status.ACTIVE);
            assertThatThrownBy(() -> put("big", 2_000)).isInstanceOf(RipTideException.class);
            rig.door.tick();
        }
        assertThat(lines())
                .containsExactly("Tenant acme is suspended, automatic: 2 calls over its quotas within 600 s");
        assertThat(rig.tenants.tenant("acme").status()).isEqualTo(Status.SUSPENDED);
    }

    @Test
    void whoIsDeletedMeanwhileIsNotSuspended() {
        open("persistence.tenant.auto_suspend.enabled=true", "persistence.tenant.auto_suspend.after_violations=2");
        QuotaWatch watch = new QuotaWatch(
                DoorRig.config(
                                "persistence.tenant.auto_suspend.enabled=true",
                                "persistence.tenant.auto_suspend.after_violations=2")
                        .tenant(),
                rig.tenants,
                rig.cache,
                rig.audit);
        TenantGrant unaware = new TenantGrant(rig.tenants.tenant("acme"), rig.time);
        unaware.breaches().count(Resource.STORAGE, false);
        unaware.breaches().count(Resource.STORAGE, false);
        rig.storeAway = true;
        assertThatThrownBy(() -> watch.look(unaware, rig.time.nanoTime())).hasMessageContaining("store-unavailable");
        rig.storeAway = false;
        rig.tenants.delete("acme");
        watch.end(rig.time.nanoTime());
        assertThat(lines()).isEmpty();
        watch.end(rig.time.nanoTime());
        assertThat(audited())
                .as("both tries: a row comes before the suspension")
                .filteredOn(row -> row.action().equals("tenant.suspend"))
                .hasSize(2);
    }

    @Test
    void storedBytesAreWatchedToo() {
        open();
        put("a", 850);
        rig.door.tick();
        long percent = Math.round(acme.grant().storedBytes() / 10.0);
        assertThat(percent).isBetween(90L, 100L);
        assertThat(lines()).containsExactly("Tenant acme has used " + percent + " % of its storage_bytes");
    }

    @Test
    void theAuditLogSaysSoTooOnceForEachResource() {
        open();
        read(9);
        put("a", 850);
        rig.door.tick();
        rig.door.tick();
        List<Row> rows = audited();
        assertThat(rows).extracting(Row::action).containsExactly("quota.warning", "quota.warning");
        assertThat(rows).extracting(Row::actor, Row::tenantId, Row::result).containsOnly(tuple("system", "acme", "ok"));
        assertThat(rows).extracting(Row::resource).containsExactlyInAnyOrder("operations_per_minute", "storage_bytes");
        assertThat(rows)
                .filteredOn(row -> row.resource().equals("operations_per_minute"))
                .singleElement()
                .satisfies(row -> assertThat(row.detail()).isEqualTo("{\"percent\":100,\"count\":1}"));
    }

    @Test
    void byItselfNobodyIsSuspended() {
        open();
        read(10);
        refused(5000);
        rig.door.tick();
        assertThat(rig.tenants.tenant("acme").status()).isEqualTo(Status.ACTIVE);
        assertThat(acme.grant().breaches().count(Resource.OPERATIONS)).isEqualTo(5000);
        assertThat(audited()).extracting(Row::action).doesNotContain("tenant.suspend");
    }

    @Test
    void whereItIsAskedForWhoGoesOnIsSuspendedAndResumeLiftsIt() {
        open("persistence.tenant.auto_suspend.enabled=true", "persistence.tenant.auto_suspend.after_violations=100");
        read(10);
        refused(60);
        rig.door.tick();
        rig.time.advance(Duration.ofSeconds(601));
        rig.door.tick();
        read(10);
        refused(99);
        rig.door.tick();
        assertThat(rig.tenants.tenant("acme").status())
                .as("too long ago to count")
                .isEqualTo(Status.ACTIVE);
        refused(1);
        rig.door.tick();
        assertThat(rig.tenants.tenant("acme").status()).isEqualTo(Status.SUSPENDED);
        assertThat(rig.tenants.tenant("acme").suspendedReason())
                .isEqualTo("automatic: 100 calls over its quotas within 600 s");
        assertThatThrownBy(() -> namespace().get("k"))
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.TENANT_SUSPENDED));
        assertThat(rig.audit.after(new Query("acme", "tenant.suspend", 0), 0, 10))
                .as("written at once, not with what was noted")
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.actor()).isEqualTo("system");
                    assertThat(row.resource()).isEqualTo("tenants/acme");
                    assertThat(row.result()).isEqualTo("ok");
                    assertThat(row.detail()).isEqualTo("{\"refusals\":100,\"within_seconds\":600}");
                });
        rig.tenants.resume("acme");
        rig.door.tick();
        assertThat(audited()).extracting(Row::action).containsOnlyOnce("tenant.suspend");
        assertThat(rig.tenants.tenant("acme").status()).as("it begins anew").isEqualTo(Status.ACTIVE);
    }

    @Test
    void whoWasSuspendedAndResumedByOthersBeginsAnewHereToo() {
        open("persistence.tenant.auto_suspend.enabled=true", "persistence.tenant.auto_suspend.after_violations=100");
        read(10);
        refused(99);
        rig.door.tick();
        rig.tenants.suspend("acme", "by hand");
        rig.door.tick();
        rig.tenants.resume("acme");
        refused(99);
        rig.door.tick();
        assertThat(rig.tenants.tenant("acme").status()).isEqualTo(Status.ACTIVE);
        refused(1);
        rig.door.tick();
        assertThat(rig.tenants.tenant("acme").status()).isEqualTo(Status.SUSPENDED);
    }

    @Test
    void aBatchIsOneRefusedCallAndALoadThatCannotBeKeptIsNone() {
        open();
        byte[] large = new byte[2000];
        new Random(1).nextBytes(large);
        List<PutResult> results = namespace()
                .putAll(List.of(
                        new BatchEntry("a", large, PutOptions.DEFAULT),
                        new BatchEntry("b", new byte[1], PutOptions.DEFAULT),
                        new BatchEntry("c", large, PutOptions.DEFAULT)));
        assertThat(results)
                .extracting(PutResult::outcome)
                .containsExactly(PutResult.Outcome.OVER_QUOTA, PutResult.Outcome.CREATED, PutResult.Outcome.OVER_QUOTA);
        assertThat(acme.grant().breaches().count(Resource.STORAGE)).isEqualTo(1);
        Lookup loaded = namespace().getOrLoad("l", key -> new Loader.Loaded(large, PutOptions.DEFAULT));
        assertThat(loaded).isInstanceOf(Lookup.Hit.class);
        assertThat(acme.grant().breaches().refused()).isEqualTo(1);
    }

    @Test
    void ofItsOperationsThoseOfTheLastMinuteAreUsedThoughTheBucketIsFullAgain() {
        open();
        for (int i = 0; i < 9; i++) {
            read(1);
            rig.time.advance(Duration.ofSeconds(6));
            rig.door.tick();
        }
        assertThat(acme.grant().allowance().probe().remaining()).isEqualTo(10);
        assertThat(acme.grant().operationsShare()).isEqualTo(0.9);
        assertThat(lines()).containsExactly("Tenant acme has used 90 % of its operations_per_minute");
        read(10);
        assertThat(acme.grant().operationsShare()).as("19 of 10").isEqualTo(1);
    }

    @Test
    void inShadowTheRateRefusesNobodyAndCountsWhatItWouldHave() {
        open("persistence.tenant.shadow.operations_per_minute=true", "persistence.tenant.auto_suspend.enabled=true");
        read(25);
        assertThat(acme.grant().breaches().inShadow(Resource.OPERATIONS)).isEqualTo(15);
        assertThat(acme.grant().breaches().refused()).isZero();
        assertThat(acme.grant().meter().operations()).isEqualTo(25);
        assertThatThrownBy(() -> put("big", 2000))
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.STORAGE_QUOTA_EXCEEDED));
        assertThat(acme.grant().breaches().count(Resource.STORAGE)).isEqualTo(1);
    }

    @Test
    void inShadowStorageRefusesNobodyAndCountsEachWriteThatIsTooMuch() {
        open("persistence.tenant.shadow.storage_bytes=true");
        put("a", 900);
        assertThat(acme.grant().breaches().inShadow(Resource.STORAGE)).isZero();
        put("b", 900);
        put("c", 900);
        assertThat(acme.grant().breaches().inShadow(Resource.STORAGE)).isEqualTo(2);
        assertThat(acme.grant().breaches().refused()).isZero();
    }
}
