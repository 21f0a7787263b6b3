package io.riptide.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.riptide.config.PersistenceConfig;
import io.riptide.config.TenantConfig;
import io.riptide.grant.Action;
import io.riptide.problem.FieldError;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.AccessPolicy;
import io.riptide.spi.AccessPolicy.Effect;
import io.riptide.spi.KeyRecord;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.TenantRecord.Status;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.tenant.TenantManager.NewKey;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.tenant.TenantManager.TenantPatch;
import io.riptide.testkit.ManualTime;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys in place of others, and the tenant that is there by configuration. */
class TenantKeysTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path folder;

    private final ManualTime time = new ManualTime();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private SqlControlStore store;
    private TenantManager tenants;

    @BeforeEach
    void open() {
        store = SqlControlStore.sqlite(folder.resolve("control.db"), threads);
        tenants = manager(true);
    }

    private TenantManager manager(boolean enabled) {
        return new TenantManager(
                new TenantConfig(enabled, new TenantConfig.QuotaConfig(10, 20, 30, 40), 1_000),
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

    private static Problem refused(ThrowingCallable call) {
        return Objects.requireNonNull(catchThrowableOfType(RipTideException.class, call))
                .problem();
    }

    private static void refused(ThrowingCallable call, ProblemCode code) {
        assertThat(refused(call).code()).isEqualTo(code);
    }

    private KeyRecord stored(String keyId) {
        return Objects.requireNonNull(store.key(keyId));
    }

    @Test
    void aKeyTakesTheNameScopesAndLifeOfTheOneThatItReplacesWhichEndsAfterTheOverlap() {
        tenants.create(plain("a"));
        NewKey old = tenants.createKey("a", "reader", Set.of(Action.CACHE_READ), Duration.ofDays(1));
        List<String> heard = new ArrayList<>();
        tenants.onKeyRevoked(heard::add);
        time.advance(HOUR);
        NewKey next = tenants.rotateKey("a", old.key().keyId(), Duration.ofMinutes(5));
        assertThat(next.key().keyId()).isNotEqualTo(old.key().keyId());
        assertThat(next.key().name()).isEqualTo("reader");
        assertThat(next.key().scopes()).containsExactly("cache:read");
        assertThat(next.key().expiresMillis()).isEqualTo(time.wallMillis() + 86_400_000);
        assertThat(stored(next.key().keyId()).secretHash()).isEqualTo(next.key().secretHash());
        assertThat(stored(old.key().keyId()).expiresMillis()).isEqualTo(time.wallMillis() + 300_000);
        assertThat(heard).containsExactly(old.key().keyId());
    }

    @Test
    void aKeyWithoutAnEndIsReplacedByOneWithoutAndAnAdministratorsKeepsItsRole() {
        NewKey old = tenants.createAdminKey("ops", Role.OPERATOR, null);
        NewKey next = tenants.rotateKey(null, old.key().keyId(), Duration.ZERO);
        assertThat(next.key().role()).isEqualTo("operator");
        assertThat(next.key().expiresMillis()).isNull();
        assertThat(stored(old.key().keyId()).expiresMillis()).isEqualTo(time.wallMillis());
    }

    @Test
    void aKeyIsReplacedByWhoseItIsAlone() {
        String mine = tenants.create(plain("a")).key().key().keyId();
        tenants.create(plain("b"));
        refused(() -> tenants.rotateKey("b", mine, HOUR), ProblemCode.NOT_FOUND);
        refused(() -> tenants.rotateKey(null, mine, HOUR), ProblemCode.NOT_FOUND);
        refused(() -> tenants.rotateKey("a", "none", HOUR), ProblemCode.NOT_FOUND);
        assertThat(refused(() -> tenants.rotateKey("a", mine, Duration.ofSeconds(-1)))
                        .errors())
                .hasSize(1);
        assertThat(tenants.key("a", mine)).extracting(KeyRecord::keyId).isEqualTo(mine);
        assertThat(tenants.key("b", mine)).isNull();
        assertThat(tenants.key("a", "none")).isNull();
        tenants.delete("a");
        refused(() -> tenants.rotateKey("a", mine, HOUR), ProblemCode.CONFLICT);
        refused(() -> tenants.rotateDataKey("a"), ProblemCode.CONFLICT);
        assertThat(stored(mine).expiresMillis()).isNull();
    }

    @Test
    void whoListensForAnErasureHearsOfItBeforeTheRowIsGone() {
        tenants.create(plain("a"));
        List<Status> seen = new ArrayList<>();
        tenants.onErased(id -> seen.add(tenants.tenant(id).status()));
        tenants.erased("a");
        assertThat(seen).isEmpty();
        tenants.delete("a");
        tenants.erased("a");
        assertThat(seen).containsExactly(Status.DELETING);
    }

    @Test
    void whoListensForChangesHearsOfOneThatChangedNothingToo() {
        TenantRecord made = tenants.create(plain("a")).tenant();
        List<TenantRecord> heard = new ArrayList<>();
        tenants.onTenantChange(heard::add);
        assertThat(tenants.resume("a")).isEqualTo(made);
        assertThat(heard).containsExactly(made);
    }

    @Test
    void wrongPoliciesAndEncryptionWithoutAMasterKeyAreNamed() {
        AccessPolicy wrong = new AccessPolicy(Effect.ALLOW, List.of("cache:eat"), List.of("cache/a"));
        NewTenant tenant = new NewTenant(
                "a", "Name", "Owner", "o@example.com", "free", QuotaPatch.NONE, null, List.of(wrong), true);
        assertThat(refused(() -> tenants.create(tenant)).errors())
                .extracting(FieldError::field)
                .containsExactlyInAnyOrder("access_policies[0].actions[0]", "encryption_enabled");
        tenants.create(plain("a"));
        TenantPatch patch =
                new TenantPatch(null, null, null, null, QuotaPatch.NONE, null, List.of(wrong), Boolean.TRUE);
        assertThat(refused(() -> tenants.update("a", patch, null)).errors())
                .extracting(FieldError::field)
                .containsExactlyInAnyOrder("access_policies[0].actions[0]", "encryption_enabled");
    }

    private static List<String> ids(List<TenantRecord> rows) {
        return rows.stream().map(TenantRecord::id).toList();
    }

    @Test
    void theTenantThatIsThereByConfigurationHasItsPlaceInLists() {
        for (String id : List.of("a", TenantManager.DEFAULT_ID, "z")) {
            tenants.create(plain(id));
        }
        TenantManager open = manager(false);
        TenantRecord fixed = Objects.requireNonNull(open.byConfiguration());
        String self = TenantManager.DEFAULT_ID;
        assertThat(open.tenant(self)).isEqualTo(fixed);
        assertThat(open.list(null, 10, null, null)).hasSize(3).contains(fixed);
        assertThat(ids(open.list(null, 10, null, null))).containsExactly("a", self, "z");
        assertThat(ids(open.list(null, 1, null, null))).containsExactly("a");
        assertThat(ids(open.list("a", 1, null, null))).containsExactly(self);
        assertThat(ids(open.list("a", 2, null, null))).containsExactly(self, "z");
        assertThat(ids(open.list(self, 10, null, null))).containsExactly("z");
        assertThat(ids(open.list(null, 10, Status.SUSPENDED, null))).isEmpty();
        assertThat(ids(open.list(null, 10, Status.ACTIVE, fixed.billingPlan()))).contains(self);
        assertThat(ids(open.list(null, 10, null, "no-such-plan"))).isEmpty();
    }

    @Test
    void theTenantThatIsThereByConfigurationChangesWithItAlone() {
        TenantManager open = manager(false);
        String self = TenantManager.DEFAULT_ID;
        refused(() -> open.create(plain(self)), ProblemCode.CONFLICT);
        refused(() -> open.suspend(self, null), ProblemCode.CONFLICT);
        refused(() -> open.delete(self), ProblemCode.CONFLICT);
        refused(() -> open.createKey(self, "k", Set.of(), null), ProblemCode.CONFLICT);
        open.create(plain("a"));
        assertThat(open.suspend("a", null).status()).isEqualTo(Status.SUSPENDED);
        assertThat(store.tenant(self)).isNull();
    }
}
