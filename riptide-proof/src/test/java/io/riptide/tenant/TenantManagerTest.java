package io.riptide.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.riptide.config.PersistenceConfig;
import io.riptide.config.TenantConfig;
import io.riptide.grant.Action;
import io.riptide.problem.FieldError;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.KeyRecord;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.TenantRecord.Status;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.tenant.TenantManager.Created;
import io.riptide.tenant.TenantManager.NewKey;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.tenant.TenantManager.TenantPatch;
import io.riptide.testkit.ManualTime;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantManagerTest {
    private static final TenantPatch NOTHING = new TenantPatch(null, null, null, null, QuotaPatch.NONE, null);

    @TempDir
    Path folder;

    private final ManualTime time = new ManualTime();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private SqlControlStore store;
    private TenantManager tenants;

    @BeforeEach
    void open() {
        store = SqlControlStore.sqlite(folder.resolve("control.db"), threads);
        tenants = manager(1_000);
    }

    private TenantManager manager(long maxTenants) {
        return new TenantManager(
                new TenantConfig(true, new TenantConfig.QuotaConfig(10, 20, 30, 40), maxTenants),
                PersistenceConfig.defaults().billing(),
                store,
                time,
                new SecureRandom());
    }

    @AfterEach
    void close() {
        store.close();
        threads.close();
    }

    private static NewTenant plain(String id) {
        return new NewTenant(id, "Name", "Owner", "o@example.com", "free", QuotaPatch.NONE, null);
    }

    private static TenantPatch name(String name) {
        return new TenantPatch(name, null, null, null, QuotaPatch.NONE, null);
    }

    private static Problem refused(ThrowingCallable call) {
        RipTideException e = catchThrowableOfType(RipTideException.class, call);
        assertThat(e).isNotNull();
        return e.problem();
    }

    private static void refused(ThrowingCallable call, ProblemCode code) {
        assertThat(refused(call).code()).isEqualTo(code);
    }

    /** Refused as invalid, naming these fields and no others. */
    private static void invalid(ThrowingCallable call, String... fields) {
        Problem problem = refused(call);
        assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_REQUEST);
        assertThat(problem.errors()).extracting(FieldError::field).containsExactlyInAnyOrder(fields);
        assertThat(problem.errors())
                .allSatisfy(error -> assertThat(error.message()).contains("(expected: "));
    }

    private static TenantPatch patched(NewTenant t) {
        return new TenantPatch(t.name(), t.ownerName(), t.ownerEmail(), t.billingPlan(), t.quotas(), t.settings());
    }

    @Test
    void aTenantIsCreatedWithDefaultsWhereNothingIsSaid() {
        Created created = tenants.create(plain("acme"));
        assertThat(created.tenant())
                .isEqualTo(new TenantRecord(
                        "acme",
                        "Name",
                        "Owner",
                        "o@example.com",
                        "free",
                        Status.ACTIVE,
                        null,
                        new Quotas(10, 20, 30, 40),
                        "{}",
                        time.wallMillis(),
                        time.wallMillis(),
                        1));
        assertThat(tenants.tenant("acme")).isEqualTo(created.tenant());
        KeyRecord key = created.key().key();
        assertThat(key.tenantId()).isEqualTo("acme");
        assertThat(key.scopes()).isEmpty();
        assertThat(key.expiresMillis()).isNull();
        assertThat(ApiKey.parse(created.key().apiKey()).keyId()).isEqualTo(key.keyId());
        assertThat(ApiKey.parse(created.key().apiKey()).secretHash()).isEqualTo(key.secretHash());
    }

    @Test
    void quotasThatAreGivenStandBesideTheDefaultOnes() {
        TenantRecord made = tenants.create(new NewTenant(
                        "a", "n", "o", "o@e.x", "pro", new QuotaPatch(0L, null, 1L << 50, null), " {\"a\": [1]} "))
                .tenant();
        assertThat(made.quotas()).isEqualTo(new Quotas(0, 20, 1L << 50, 40));
        assertThat(made.settings()).isEqualTo(" {\"a\": [1]} ");
        assertThat(made.billingPlan()).isEqualTo("pro");
    }

    @Test
    void anIdThatIsNotGivenIsMade() {
        TenantRecord one = tenants.create(plain(null)).tenant();
        TenantRecord two = tenants.create(plain(null)).tenant();
        assertThat(one.id()).matches("[A-Za-z0-9]{16}").isNotEqualTo(two.id());
    }

    @Test
    void everyWrongFieldIsNamedAtOnceAndNothingChanges() {
        NewTenant bad = new NewTenant(
                "x y", " ", "a\nb", "nobody", "gold", new QuotaPatch(-1L, 0L, (1L << 50) + 1, 1_000_000_001L), "[]");
        String[] all = {
            "id",
            "name",
            "owner_name",
            "owner_email",
            "billing_plan",
            "quotas.memory_bytes",
            "quotas.operations_per_minute",
            "quotas.storage_bytes",
            "quotas.active_sessions",
            "settings"
        };
        invalid(() -> tenants.create(bad), all);
        invalid(
                () -> tenants.create(new NewTenant(null, null, null, null, null, QuotaPatch.NONE, null)),
                "name",
                "owner_name",
                "owner_email",
                "billing_plan");
        assertThat(tenants.list(null, 10, null, null)).isEmpty();
        tenants.create(plain("a"));
        invalid(
                () -> tenants.update("a", patched(bad), null),
                List.of(all).subList(1, all.length).toArray(String[]::new));
        assertThat(tenants.tenant("a").version()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a/b", "a.b", "é", "a\n", "..", "a:b"})
    void idsOfOtherCharactersAreRefused(String id) {
        invalid(() -> tenants.create(plain(id)), "id");
        refused(() -> tenants.tenant(id), ProblemCode.NOT_FOUND);
    }

    @Test
    void idsHaveOneTo64Characters() {
        tenants.create(plain("a".repeat(64)));
        tenants.create(plain("_-"));
        invalid(() -> tenants.create(plain("a".repeat(65))), "id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\t", "a\u0000b", "line\u2028break", "half \ud800 pair", "\u0007", "para\u2029graph"})
    void namesThatDoNotPrintAreRefused(String name) {
        invalid(() -> tenants.create(new NewTenant("a", name, "o", "o@e.x", "free", QuotaPatch.NONE, null)), "name");
    }

    @Test
    void namesHaveUpTo200CharactersOfWhateverWidth() {
        String wide = "\ud83c\udf0a".repeat(200);
        assertThat(tenants.create(new NewTenant("a", wide, "o", "o@e.x", "free", QuotaPatch.NONE, null))
                        .tenant()
                        .name())
                .isEqualTo(wide);
        assertThat(tenants.tenant("a").name()).isEqualTo(wide);
        invalid(() -> tenants.update("a", name("n".repeat(201)), null), "name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a@", "@b", "a@b@c", "a b@c", "a@b c", "a@.b", "a@b.", "a@b\n", "a@b\u0000"})
    void addressesThatCannotBeAreRefused(String email) {
        invalid(
                () -> tenants.create(new NewTenant("a", "n", "o", email, "free", QuotaPatch.NONE, null)),
                "owner_email");
    }

    @Test
    void addressesHaveUpTo254Characters() {
        String longest = "a".repeat(64) + "@" + "b".repeat(189);
        assertThat(longest).hasSize(254);
        tenants.create(new NewTenant("a", "n", "o", longest, "free", QuotaPatch.NONE, null));
        tenants.create(new NewTenant("b", "n", "o", "a@b", "free", QuotaPatch.NONE, null));
        invalid(
                () -> tenants.create(new NewTenant("c", "n", "o", longest + "b", "free", QuotaPatch.NONE, null)),
                "owner_email");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "null", "[1]", "{", "{}x", "{} {}", "{\"a\":1,\"a\":2}", "{\"a\":}", "\"{}\""})
    void settingsAreOneJsonObject(String settings) {
        tenants.create(plain("a"));
        invalid(
                () -> tenants.update("a", new TenantPatch(null, null, null, null, QuotaPatch.NONE, settings), null),
                "settings");
    }

    @Test
    void settingsHaveUpTo64KiBOfUtf8() {
        String most = "{\"a\":\"" + "x".repeat((64 << 10) - 8) + "\"}";
        assertThat(most).hasSize(64 << 10);
        tenants.create(new NewTenant("a", "n", "o", "o@e.x", "free", QuotaPatch.NONE, most));
        assertThat(tenants.tenant("a").settings()).isEqualTo(most);
        for (String more : List.of(most + " ", "{\"a\":\"" + "é".repeat(40_000) + "\"}")) {
            invalid(
                    () -> tenants.update("a", new TenantPatch(null, null, null, null, QuotaPatch.NONE, more), null),
                    "settings");
        }
    }

    @Test
    void whatIsEchoedIsShortAndPrintable() {
        Problem problem = refused(() -> tenants.create(plain("\u0000\u001b[31m".repeat(50))));
        assertThat(problem.detail()).hasSizeLessThan(200).doesNotContain("\u0000", "\u001b");
    }

    @Test
    void aTakenIdIsAConflictInWhateverStatus() {
        tenants.create(plain("a"));
        refused(() -> tenants.create(plain("a")), ProblemCode.CONFLICT);
        tenants.suspend("a", null);
        refused(() -> tenants.create(plain("a")), ProblemCode.CONFLICT);
        tenants.delete("a");
        refused(() -> tenants.create(plain("a")), ProblemCode.CONFLICT);
        tenants.erased("a");
        tenants.create(plain("a"));
    }

    @Test
    void noMoreTenantsThanTheLimit() {
        TenantManager two = manager(2);
        two.create(plain("a"));
        two.create(plain("b"));
        assertThat(refused(() -> two.create(plain("c"))).detail()).contains("max_tenants");
        assertThat(two.list(null, 10, null, null)).hasSize(2);
    }

    @Test
    void aChangeReplacesWhatItNamesAndKeepsTheRest() {
        tenants.create(plain("a"));
        time.advance(Duration.ofSeconds(5));
        TenantRecord changed = tenants.update(
                "a", new TenantPatch("New", null, null, "pro", new QuotaPatch(null, 99L, null, null), "{\"x\":1}"), 1L);
        assertThat(changed)
                .isEqualTo(new TenantRecord(
                        "a",
                        "New",
                        "Owner",
                        "o@example.com",
                        "pro",
                        Status.ACTIVE,
                        null,
                        new Quotas(10, 99, 30, 40),
                        "{\"x\":1}",
                        changed.createdMillis(),
                        time.wallMillis(),
                        2));
        assertThat(changed.createdMillis()).isEqualTo(time.wallMillis() - 5_000);
        assertThat(tenants.tenant("a")).isEqualTo(changed);
        assertThat(tenants.update("a", NOTHING, null)).as("nothing to change").isEqualTo(changed);
        TenantRecord owner =
                tenants.update("a", new TenantPatch(null, "Other", "x@y.z", null, QuotaPatch.NONE, null), null);
        assertThat(owner.ownerName()).isEqualTo("Other");
        assertThat(owner.ownerEmail()).isEqualTo("x@y.z");
    }

    @Test
    void aWallClockThatGoesBackDoesNotTakeTheTimeOfAChangeBack() {
        tenants.create(plain("a"));
        long made = time.wallMillis();
        time.jumpWall(Duration.ofHours(-1));
        assertThat(tenants.update("a", name("x"), null).updatedMillis()).isEqualTo(made);
    }

    @Test
    void aStaleVersionIsRefusedAndChangesNothing() {
        tenants.create(plain("a"));
        tenants.update("a", name("x"), 1L);
        refused(() -> tenants.update("a", name("y"), 1L), ProblemCode.PRECONDITION_FAILED);
        refused(() -> tenants.update("a", name("y"), 3L), ProblemCode.PRECONDITION_FAILED);
        assertThat(tenants.tenant("a").name()).isEqualTo("x");
        refused(() -> tenants.update("gone", name("y"), 1L), ProblemCode.NOT_FOUND);
    }

    @Test
    void ofManyWhoChangeOneVersionOneWins() throws Exception {
        tenants.create(plain("a"));
        List<Future<Boolean>> answers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            String name = "n" + i;
            answers.add(threads.submit(() -> {
                try {
                    return tenants.update("a", name(name), 1L).version() == 2;
                } catch (RipTideException e) {
                    assertThat(e.problem().code()).isEqualTo(ProblemCode.PRECONDITION_FAILED);
                    return false;
                }
            }));
        }
        int won = 0;
        for (Future<Boolean> answer : answers) {
            won += answer.get() ? 1 : 0;
        }
        assertThat(won).isEqualTo(1);
        assertThat(tenants.tenant("a").version()).isEqualTo(2);
    }

    @Test
    void changesWithoutAVersionAllLandAndNoneUndoesAnother() throws Exception {
        tenants.create(plain("a"));
        List<TenantPatch> patches = List.of(
                name("New"),
                new TenantPatch(null, "Boss", null, null, QuotaPatch.NONE, null),
                new TenantPatch(null, null, "x@y.z", null, QuotaPatch.NONE, null),
                new TenantPatch(null, null, null, "pro", QuotaPatch.NONE, null),
                new TenantPatch(null, null, null, null, new QuotaPatch(7L, null, null, null), null));
        List<Future<?>> running = new ArrayList<>();
        for (TenantPatch patch : patches) {
            running.add(threads.submit(() -> tenants.update("a", patch, null)));
        }
        for (Future<?> each : running) {
            each.get();
        }
        TenantRecord row = tenants.tenant("a");
        assertThat(row.version()).isEqualTo(6);
        assertThat(List.of(row.name(), row.ownerName(), row.ownerEmail(), row.billingPlan()))
                .containsExactly("New", "Boss", "x@y.z", "pro");
        assertThat(row.quotas().memoryBytes()).isEqualTo(7);
    }

    @Test
    void suspendingAndResumingAreIdempotent() {
        tenants.create(plain("a"));
        TenantRecord once = tenants.suspend("a", "late");
        assertThat(once.status()).isEqualTo(Status.SUSPENDED);
        assertThat(once.suspendedReason()).isEqualTo("late");
        assertThat(tenants.suspend("a", "late")).isEqualTo(once);
        assertThat(tenants.suspend("a", null)).as("the reason stays").isEqualTo(once);
        assertThat(tenants.suspend("a", "other").suspendedReason()).isEqualTo("other");
        TenantRecord back = tenants.resume("a");
        assertThat(back.status()).isEqualTo(Status.ACTIVE);
        assertThat(back.suspendedReason()).isNull();
        assertThat(tenants.resume("a")).isEqualTo(back);
        assertThat(tenants.suspend("a", null).suspendedReason()).isNull();
        refused(() -> tenants.suspend("gone", null), ProblemCode.NOT_FOUND);
        refused(() -> tenants.resume("gone"), ProblemCode.NOT_FOUND);
    }

    @Test
    void aReasonIsOneTo500PrintableCharacters() {
        tenants.create(plain("a"));
        for (String bad : List.of("", " ", "r".repeat(501), "a\nb")) {
            invalid(() -> tenants.suspend("a", bad), "reason");
        }
        assertThat(tenants.tenant("a").status()).isEqualTo(Status.ACTIVE);
        assertThat(tenants.suspend("a", "r".repeat(500)).suspendedReason()).hasSize(500);
    }

    @Test
    void aTenantThatIsBeingDeletedDoesNotChangeAnyMore() {
        tenants.create(plain("a"));
        TenantRecord deleting = tenants.delete("a");
        assertThat(deleting.status()).isEqualTo(Status.DELETING);
        assertThat(tenants.delete("a")).as("idempotent").isEqualTo(deleting);
        refused(() -> tenants.update("a", name("x"), null), ProblemCode.CONFLICT);
        refused(() -> tenants.suspend("a", "x"), ProblemCode.CONFLICT);
        refused(() -> tenants.resume("a"), ProblemCode.CONFLICT);
        refused(() -> tenants.createKey("a", "k", Set.of(), null), ProblemCode.CONFLICT);
        assertThat(tenants.tenant("a")).isEqualTo(deleting);
        refused(() -> tenants.delete("gone"), ProblemCode.NOT_FOUND);
    }

    @Test
    void onlyATenantThatIsBeingDeletedIsErased() {
        tenants.create(plain("a"));
        tenants.erased("a");
        assertThat(tenants.tenant("a").status()).isEqualTo(Status.ACTIVE);
        tenants.erased("gone");
    }

    @Test
    void erasingRevokesEachKey() {
        List<String> expected = new ArrayList<>();
        expected.add(tenants.create(plain("a")).key().key().keyId());
        for (int i = 0; i < 5; i++) {
            expected.add(tenants.createKey("a", "k" + i, Set.of(), null).key().keyId());
        }
        List<String> revoked = new ArrayList<>();
        tenants.onKeyRevoked(revoked::add);
        tenants.delete("a");
        tenants.erased("a");
        assertThat(revoked).containsExactlyInAnyOrderElementsOf(expected);
        refused(() -> tenants.tenant("a"), ProblemCode.NOT_FOUND);
    }

    @Test
    void keysHaveNamesScopesAndAnEnd() {
        tenants.create(plain("a"));
        NewKey key =
                tenants.createKey("a", "reader", Set.of(Action.CACHE_READ, Action.WEB_FETCH), Duration.ofSeconds(90));
        assertThat(key.key().scopes()).containsExactly("cache:read", "web:fetch");
        assertThat(key.key().expiresMillis()).isEqualTo(time.wallMillis() + 90_000);
        assertThat(key.key().createdMillis()).isEqualTo(time.wallMillis());
        assertThat(key.key().role()).isNull();
        assertThat(tenants.keys("a", null, 10)).hasSize(2).anySatisfy(row -> {
            assertThat(row.keyId()).isEqualTo(key.key().keyId());
            assertThat(row.name()).isEqualTo("reader");
        });
        NewKey admin = tenants.createAdminKey("ops", Role.OPERATOR, null);
        assertThat(admin.key().role()).isEqualTo("operator");
        assertThat(admin.key().tenantId()).isNull();
        assertThat(tenants.keys(null, null, 10)).hasSize(1);
    }

    @Test
    void wrongKeysAreRefusedByField() {
        tenants.create(plain("a"));
        invalid(() -> tenants.createKey("a", null, Set.of(), Duration.ZERO), "name", "expires_in_seconds");
        invalid(() -> tenants.createKey("a", "", Set.of(), Duration.ofDays(3_651)), "name", "expires_in_seconds");
        invalid(() -> tenants.createAdminKey("a\tb", Role.ADMIN, Duration.ofSeconds(-1)), "name", "expires_in_seconds");
        tenants.createKey("a", "k", Set.of(), Duration.ofDays(3_650));
        tenants.createKey("a", "k", Set.of(), Duration.ofSeconds(1));
        refused(() -> tenants.createKey("gone", "k", Set.of(), null), ProblemCode.NOT_FOUND);
        assertThat(tenants.keys("a", null, 10)).hasSize(3);
        assertThat(tenants.keys(null, null, 10)).isEmpty();
    }

    @Test
    void aKeyIsRevokedByWhoseItIs() {
        String mine = tenants.create(plain("a")).key().key().keyId();
        tenants.create(plain("b"));
        List<String> revoked = Collections.synchronizedList(new ArrayList<>());
        tenants.onKeyRevoked(revoked::add);
        refused(() -> tenants.revokeKey("b", mine), ProblemCode.NOT_FOUND);
        refused(() -> tenants.revokeKey(null, mine), ProblemCode.NOT_FOUND);
        refused(() -> tenants.revokeKey("gone", mine), ProblemCode.NOT_FOUND);
        assertThat(revoked).isEmpty();
        tenants.revokeKey("a", mine);
        assertThat(revoked).containsExactly(mine);
        refused(() -> tenants.revokeKey("a", mine), ProblemCode.NOT_FOUND);
        refused(() -> tenants.keys("gone", null, 10), ProblemCode.NOT_FOUND);
    }

    @Test
    void listenersHearOfAChangeAfterItIsStoredAndBeforeItIsAcknowledged() {
        tenants.create(plain("a"));
        List<TenantRecord> heard = new ArrayList<>();
        tenants.onTenantChange(row -> {
            assertThat(store.tenant("a")).isEqualTo(row);
            heard.add(row);
        });
        TenantRecord one = tenants.update("a", name("x"), null);
        TenantRecord two = tenants.suspend("a", null);
        TenantRecord three = tenants.resume("a");
        TenantRecord four = tenants.delete("a");
        assertThat(heard).containsExactly(one, two, three, four);
    }

    @Test
    void listsArePagedAndTheirLimitIsBounded() {
        for (String id : List.of("c", "a", "b")) {
            tenants.create(plain(id));
        }
        assertThat(tenants.list("a", 1, Status.ACTIVE, "free"))
                .extracting(TenantRecord::id)
                .containsExactly("b");
        for (int bad : new int[] {0, -1, 1_001}) {
            invalid(() -> tenants.list(null, bad, null, null), "limit");
            invalid(() -> tenants.keys(null, null, bad), "limit");
        }
        assertThat(tenants.list(null, 1_000, null, null)).hasSize(3);
        assertThatThrownBy(() -> tenants.list(null, 3, null, null).clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }
}
