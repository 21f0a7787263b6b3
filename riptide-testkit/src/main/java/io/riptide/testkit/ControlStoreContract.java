package io.riptide.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.spi.AccessPolicy;
import io.riptide.spi.AccessPolicy.Effect;
import io.riptide.spi.ControlStore;
import io.riptide.spi.ControlStore.CreateOutcome;
import io.riptide.spi.IdempotencyRecord;
import io.riptide.spi.KeyRecord;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.TenantRecord.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every {@link ControlStore} keeps. A test class of a store implements it; each test gets an empty store. */
public interface ControlStoreContract extends InvoiceStoreContract {
    /** The store of the running test; the implementing class opens it empty and closes it. */
    @Override
    ControlStore store();

    /** Closes the store and opens it again over the same data; {@link #store} answers the new one from then on. */
    @Override
    void reopen();

    /** A row of a tenant with a text in each place. */
    static TenantRecord tenant(String id) {
        return new TenantRecord(
                id,
                "Name ü " + id,
                "Owner",
                "owner@example.com",
                "basic",
                Status.ACTIVE,
                null,
                new Quotas(1, 2, 3, 4),
                "{\"a\":1}",
                List.of(
                        new AccessPolicy(Effect.ALLOW, List.of("cache:read", "*"), List.of("cache/n/\"ü\\", "*")),
                        new AccessPolicy(Effect.DENY, List.of("web:fetch"), List.of("web/example.com"))),
                true,
                1_000,
                1_001,
                1);
    }

    /** That row as the next version with another status. */
    static TenantRecord next(TenantRecord t, Status status, @Nullable String reason) {
        return new TenantRecord(
                t.id(),
                t.name(),
                t.ownerName(),
                t.ownerEmail(),
                t.billingPlan(),
                status,
                reason,
                t.quotas(),
                t.settings(),
                t.accessPolicies(),
                t.encryptionEnabled(),
                t.createdMillis(),
                t.updatedMillis() + 1,
                t.version() + 1);
    }

    /** A key of a tenant, or an admin key where that is null. */
    static KeyRecord key(String keyId, @Nullable String tenantId) {
        byte[] hash = new byte[32];
        Arrays.fill(hash, (byte) keyId.hashCode());
        return new KeyRecord(
                keyId, tenantId, tenantId == null ? "admin" : null, "n " + keyId, List.of(), hash, 1_000, null, null);
    }

    private void create(String... ids) {
        for (String id : ids) {
            assertThat(store().createTenant(tenant(id), key("first-" + id, id), 1_000_000))
                    .isEqualTo(CreateOutcome.CREATED);
        }
    }

    private static void assertSame(KeyRecord actual, KeyRecord expected) {
        assertThat(actual)
                .usingRecursiveComparison()
                .withEqualsForType(Arrays::equals, byte[].class)
                .isEqualTo(expected);
    }

    private TenantRecord row(String id) {
        return Objects.requireNonNull(store().tenant(id));
    }

    private KeyRecord keyRow(String id) {
        return Objects.requireNonNull(store().key(id));
    }

    private static List<String> ids(List<TenantRecord> tenants) {
        return tenants.stream().map(TenantRecord::id).toList();
    }

    private static List<String> keyIds(List<KeyRecord> keys) {
        return keys.stream().map(KeyRecord::keyId).toList();
    }

    /** Runs the same several times at once; the answers. */
    private static <T> List<T> atOnce(int times, Callable<T> work) throws Exception {
        List<T> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                running.add(threads.submit(work));
            }
            for (Future<T> each : running) {
                answers.add(each.get());
            }
        }
        return answers;
    }

    @Test
    default void aTenantAndItsFirstKeyAreThereAsWritten() {
        create("a");
        assertThat(store().tenant("a")).isEqualTo(tenant("a"));
        assertSame(keyRow("first-a"), key("first-a", "a"));
        assertThat(store().tenant("b")).isNull();
        assertThat(store().key("first-b")).isNull();
    }

    @Test
    default void idsDifferByCase() {
        create("a", "A");
        assertThat(ids(store().tenants(null, 10, null, null))).containsExactly("A", "a");
        assertThat(store().key("FIRST-a")).isNull();
    }

    @Test
    default void whatWasAcknowledgedIsThereAfterReopening() {
        create("a");
        assertThat(store().updateTenant(next(tenant("a"), Status.SUSPENDED, "late")))
                .isTrue();
        store().putAdminKey(key("admin", null));
        reopen();
        assertThat(store().tenant("a")).isEqualTo(next(tenant("a"), Status.SUSPENDED, "late"));
        assertThat(store().key("first-a")).isNotNull();
        assertThat(store().key("admin")).isNotNull();
    }

    @Test
    default void aTakenIdIsRefusedAndNothingChanges() {
        create("a");
        assertThat(store().createTenant(next(tenant("a"), Status.ACTIVE, null), key("other", "a"), 1_000))
                .isEqualTo(CreateOutcome.EXISTS);
        assertThat(store().tenant("a")).isEqualTo(tenant("a"));
        assertThat(store().key("other")).isNull();
    }

    @Test
    default void theLimitOfTenantsIsExactAndATakenIdIsNamedBeforeIt() {
        create("a", "b");
        assertThat(store().createTenant(tenant("c"), key("c", "c"), 2)).isEqualTo(CreateOutcome.LIMIT);
        assertThat(store().tenant("c")).isNull();
        assertThat(store().key("c")).isNull();
        assertThat(store().createTenant(tenant("a"), key("c", "a"), 2)).isEqualTo(CreateOutcome.EXISTS);
        assertThat(store().removeTenant("a")).isTrue();
        assertThat(store().createTenant(tenant("c"), key("c", "c"), 2)).isEqualTo(CreateOutcome.CREATED);
        assertThat(store().createTenant(tenant("d"), key("d", "d"), 2)).isEqualTo(CreateOutcome.LIMIT);
    }

    @Test
    default void ofManyCreationsAtOnceAsManySucceedAsTheLimitLeaves() throws Exception {
        AtomicInteger n = new AtomicInteger();
        List<CreateOutcome> outcomes = atOnce(40, () -> {
            String id = "t" + n.getAndIncrement();
            return store().createTenant(tenant(id), key(id, id), 13);
        });
        assertThat(outcomes.stream().filter(o -> o == CreateOutcome.CREATED)).hasSize(13);
        assertThat(outcomes.stream().filter(o -> o == CreateOutcome.LIMIT)).hasSize(27);
        assertThat(store().tenants(null, 100, null, null)).hasSize(13);
    }

    @Test
    default void ofManyCreationsOfOneIdOneSucceeds() throws Exception {
        AtomicInteger n = new AtomicInteger();
        List<CreateOutcome> outcomes =
                atOnce(20, () -> store().createTenant(tenant("a"), key("k" + n.getAndIncrement(), "a"), 1_000));
        assertThat(outcomes.stream().filter(o -> o == CreateOutcome.CREATED)).hasSize(1);
        assertThat(store().keys("a", null, 100)).hasSize(1);
    }

    @Test
    default void listsInTheOrderOfIdsInPagesNarrowedByStatusAndPlan() {
        create("d", "b", "a", "c");
        assertThat(store().updateTenant(next(tenant("b"), Status.SUSPENDED, null)))
                .isTrue();
        assertThat(ids(store().tenants(null, 2, null, null))).containsExactly("a", "b");
        assertThat(ids(store().tenants("b", 2, null, null))).containsExactly("c", "d");
        assertThat(store().tenants("d", 2, null, null)).isEmpty();
        assertThat(ids(store().tenants(null, 10, Status.ACTIVE, null))).containsExactly("a", "c", "d");
        assertThat(ids(store().tenants("a", 10, Status.SUSPENDED, "basic"))).containsExactly("b");
        assertThat(ids(store().tenants(null, 3, null, "basic"))).containsExactly("a", "b", "c");
        assertThat(store().tenants(null, 10, null, "pro")).isEmpty();
    }

    @Test
    default void anUpdateNeedsTheVersionBeforeIt() {
        create("a");
        TenantRecord second = next(tenant("a"), Status.SUSPENDED, "r");
        assertThat(store().updateTenant(next(second, Status.ACTIVE, null))).isFalse();
        assertThat(store().tenant("a")).isEqualTo(tenant("a"));
        assertThat(store().updateTenant(second)).isTrue();
        assertThat(store().updateTenant(second)).isFalse();
        assertThat(store().tenant("a")).isEqualTo(second);
        assertThat(store().updateTenant(tenant("gone"))).isFalse();
        assertThat(store().tenant("gone")).isNull();
    }

    @Test
    default void ofManyUpdatesOfOneVersionOneSucceeds() throws Exception {
        create("a");
        TenantRecord second = next(tenant("a"), Status.SUSPENDED, "r");
        assertThat(atOnce(20, () -> store().updateTenant(second)).stream().filter(won -> won))
                .hasSize(1);
        assertThat(row("a").version()).isEqualTo(2);
    }

    @Test
    default void removingATenantTakesItsKeysAndNoOthers() {
        create("a", "b");
        assertThat(store().createKey(key("second", "a"))).isTrue();
        store().putAdminKey(key("admin", null));
        assertThat(store().removeTenant("a")).isTrue();
        assertThat(store().removeTenant("a")).isFalse();
        assertThat(store().tenant("a")).isNull();
        assertThat(store().key("first-a")).isNull();
        assertThat(store().key("second")).isNull();
        assertThat(store().key("first-b")).isNotNull();
        assertThat(store().key("admin")).isNotNull();
    }

    @Test
    default void aKeyNeedsATenantThatIsNotBeingDeleted() {
        create("a");
        assertThat(store().createKey(key("k", "gone"))).isFalse();
        assertThat(store().updateTenant(next(tenant("a"), Status.DELETING, null)))
                .isTrue();
        assertThat(store().createKey(key("k", "a"))).isFalse();
        assertThat(store().key("k")).isNull();
    }

    @Test
    default void aKeyIsKeptWithEachOfItsMembers() {
        create("a");
        KeyRecord full = new KeyRecord(
                "k", "a", null, "name", List.of("cache:read", "*"), new byte[32], 5, 9_000_000_000_000L, 7L);
        assertThat(store().createKey(full)).isTrue();
        assertSame(keyRow("k"), full);
    }

    @Test
    default void keysAreListedByTenantInPages() {
        create("a", "b");
        for (String id : List.of("k3", "k1", "k2")) {
            assertThat(store().createKey(key(id, "a"))).isTrue();
        }
        store().putAdminKey(key("admin2", null));
        assertThat(store().createKey(key("admin1", null))).isTrue();
        assertThat(keyIds(store().keys("a", null, 2))).containsExactly("first-a", "k1");
        assertThat(keyIds(store().keys("a", "k1", 2))).containsExactly("k2", "k3");
        assertThat(keyIds(store().keys(null, null, 10))).containsExactly("admin1", "admin2");
        assertThat(keyIds(store().keys(null, "admin1", 10))).containsExactly("admin2");
        assertThat(store().keys("gone", null, 10)).isEmpty();
    }

    @Test
    default void aKeyIsRemovedOnlyByWhoseItIs() {
        create("a", "b");
        store().putAdminKey(key("admin", null));
        assertThat(store().removeKey("b", "first-a")).isFalse();
        assertThat(store().removeKey(null, "first-a")).isFalse();
        assertThat(store().removeKey("a", "admin")).isFalse();
        assertThat(store().removeKey("a", "first-a")).isTrue();
        assertThat(store().removeKey("a", "first-a")).isFalse();
        assertThat(store().removeKey(null, "admin")).isTrue();
        assertThat(store().key("first-a")).isNull();
        assertThat(store().key("admin")).isNull();
    }

    @Test
    default void aKeysEndOnlyComesNearer() {
        create("a", "b");
        assertThat(store().createKey(key("k", "a"))).isTrue();
        assertThat(store().endKey("b", "k", 5_000)).isFalse();
        assertThat(store().endKey(null, "k", 5_000)).isFalse();
        assertThat(store().endKey("a", "nobody", 5_000)).isFalse();
        assertThat(keyRow("k").expiresMillis()).isNull();
        assertThat(store().endKey("a", "k", 5_000)).isTrue();
        assertThat(keyRow("k").expiresMillis()).isEqualTo(5_000);
        assertThat(store().endKey("a", "k", 6_000)).isTrue();
        assertThat(keyRow("k").expiresMillis()).isEqualTo(5_000);
        assertThat(store().endKey("a", "k", 4_000)).isTrue();
        assertThat(keyRow("k").expiresMillis()).isEqualTo(4_000);
        store().putAdminKey(key("adm", null));
        assertThat(store().endKey(null, "adm", 4_000)).isTrue();
        assertThat(keyRow("adm").expiresMillis()).isEqualTo(4_000);
    }

    @Test
    default void anAdminKeyIsReplacedByItsIdAndNeverATenantsKey() {
        create("a");
        store().putAdminKey(key("e", null));
        KeyRecord other = new KeyRecord("e", null, "viewer", "other", List.of(), new byte[32], 2, 3L, null);
        store().putAdminKey(other);
        assertSame(keyRow("e"), other);
        store().putAdminKey(key("first-a", null));
        assertSame(keyRow("first-a"), key("first-a", "a"));
    }

    @Test
    default void theLastUseOfKeysOnlyMovesOnAndUnknownOnesArePassedOver() {
        create("a", "b");
        store().touchKeys(Map.of("first-a", 50L, "gone", 60L));
        store().touchKeys(Map.of("first-a", 40L, "first-b", 70L));
        store().touchKeys(Map.of());
        assertThat(keyRow("first-a").lastUsedMillis()).isEqualTo(50);
        assertThat(keyRow("first-b").lastUsedMillis()).isEqualTo(70);
        assertThat(store().key("gone")).isNull();
    }

    private static IdempotencyRecord call(String key, String hash, @Nullable Integer status, long millis) {
        return new IdempotencyRecord("cred", "route", key, hash, status, status == null ? null : "{}", null, millis);
    }

    @Test
    default void anAnswerThatTellsOfATenantGoesWithIt() {
        create("a", "b");
        for (String tenant : List.of("a", "b")) {
            for (String route : List.of("route", "route/" + tenant + "/keys")) {
                assertThat(store().beginIdempotent(
                                        new IdempotencyRecord("cred", route, tenant, "h", null, null, null, 100), 0))
                        .isNull();
                store().finishIdempotent(
                                new IdempotencyRecord("cred", route, tenant, "h", 201, "{\"id\":1}", tenant, 100));
            }
        }
        store().removeTenant("a");
        assertThat(store().beginIdempotent(call("a", "h", null, 101), 0))
                .as("that it was made is known, and no more")
                .isEqualTo(new IdempotencyRecord("cred", "route", "a", "h", 201, null, null, 100));
        assertThat(store().beginIdempotent(
                                new IdempotencyRecord("cred", "route/a/keys", "a", "h", null, null, null, 101), 0))
                .as("what names it")
                .isNull();
        assertThat(store().beginIdempotent(call("b", "h", null, 101), 0))
                .isEqualTo(new IdempotencyRecord("cred", "route", "b", "h", 201, "{\"id\":1}", "b", 100));
    }

    @Test
    default void anIdempotentCallIsBegunOnceAndItsEndIsKnownToTheNext() {
        assertThat(store().beginIdempotent(call("k", "h", null, 100), 0)).isNull();
        assertThat(store().beginIdempotent(call("k", "h2", null, 101), 0)).isEqualTo(call("k", "h", null, 100));
        store().finishIdempotent(call("k", "h", 201, 100));
        assertThat(store().beginIdempotent(call("k", "h", null, 102), 0)).isEqualTo(call("k", "h", 201, 100));
        assertThat(store().beginIdempotent(call("other", "h", null, 103), 0)).isNull();
        reopen();
        assertThat(store().beginIdempotent(call("k", "h", null, 104), 0)).isEqualTo(call("k", "h", 201, 100));
    }

    @Test
    default void ofManyThatBeginOneCallOneIsTheFirst() throws Exception {
        assertThat(atOnce(20, () -> Optional.ofNullable(store().beginIdempotent(call("k", "h", null, 100), 0))).stream()
                        .filter(Optional::isEmpty))
                .hasSize(1);
    }

    @Test
    default void anIdempotentCallThatFailedOrIsOldMayBeBegunAgain() {
        assertThat(store().beginIdempotent(call("k", "h", null, 100), 0)).isNull();
        store().abandonIdempotent("cred", "route", "k");
        assertThat(store().beginIdempotent(call("k", "h", null, 100), 0)).isNull();
        store().finishIdempotent(call("k", "h", 201, 100));
        store().abandonIdempotent("cred", "route", "k");
        assertThat(store().beginIdempotent(call("k", "h", null, 200), 100)).isNotNull();
        assertThat(store().beginIdempotent(call("k", "new", null, 200), 101)).isNull();
        assertThat(store().beginIdempotent(call("k", "x", null, 201), 101)).isEqualTo(call("k", "new", null, 200));
    }

    @Test
    default void aCallThatHasNotEndedAfterAMinuteMayBeBegunAgain() {
        assertThat(store().beginIdempotent(call("k", "h", null, 100), 0)).isNull();
        assertThat(store().beginIdempotent(call("k", "h", null, 60_100), 0)).isNotNull();
        assertThat(store().beginIdempotent(call("k", "h", null, 60_101), 0)).isNull();
        store().finishIdempotent(call("k", "h", 201, 60_101));
        assertThat(store().beginIdempotent(call("k", "h", null, 900_000), 0))
                .as("one that has ended is known until it is too old")
                .isNotNull();
    }

    @Test
    default void aLeaseIsOneHoldersUntilItIsReleased() {
        assertThat(store().lease("job", "one", 60_000)).isTrue();
        assertThat(store().lease("job", "one", 60_000)).isTrue();
        store().release("job", "one");
        assertThat(store().lease("job", "two", 60_000)).isTrue();
        store().release("job", "nobody");
        assertThat(store().lease("job", "two", 60_000)).isTrue();
    }

    @Test
    default void oldIdempotentCallsAreTakenAway() {
        for (int i = 0; i < 3; i++) {
            assertThat(store().beginIdempotent(call("k" + i, "h", null, 100 + i), 0))
                    .isNull();
        }
        assertThat(store().pruneIdempotent(102)).isEqualTo(2);
        assertThat(store().pruneIdempotent(102)).isZero();
        assertThat(store().beginIdempotent(call("k2", "h", null, 100), 0)).isNotNull();
    }

    @Test
    default void answersWhetherItIsWellAndClosesTwice() {
        assertThat(store().healthy()).isTrue();
        store().close();
        store().close();
        assertThat(store().healthy()).isFalse();
    }
}
