package io.riptide.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.riptide.config.PersistenceConfig;
import io.riptide.entry.AesGcm;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.ControlStore;
import io.riptide.spi.KeyRecord;
import io.riptide.spi.KeyringStore;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.TenantRecord.Status;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.tenant.TenantManager.NewKey;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.tenant.TenantManager.TenantPatch;
import io.riptide.testkit.ManualTime;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others do between two steps of a change, and tenants whose keys are made, renewed and switched off. */
class TenantRacesTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path folder;

    private final ManualTime time = new ManualTime();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final KeyringStore rings = KeyringStore.inMemory();
    /** What the store answers in place of what it would have done, by method. */
    private final Map<String, Supplier<Object>> instead = new HashMap<>();

    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private boolean ringsAway;
    private SqlControlStore store;
    private TenantManager tenants;

    @BeforeEach
    void open() {
        store = SqlControlStore.sqlite(folder.resolve("control.db"), threads);
        PersistenceConfig config = PersistenceConfig.defaults();
        tenants = new TenantManager(
                config.tenant(), config.billing(), watched(), time, new SecureRandom(), keyring(time));
    }

    @AfterEach
    void close() {
        store.close();
        threads.close();
    }

    private static <T> T watched(Class<T> type, java.lang.reflect.InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(
                TenantRacesTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        return handler.invoke(proxy, method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } catch (RipTideException e) {
                        throw e;
                    } catch (Throwable e) {
                        throw new AssertionError(e);
                    }
                }));
    }

    private ControlStore watched() {
        return watched(ControlStore.class, (proxy, method, arguments) -> {
            calls.add(method.getName());
            Supplier<Object> other = instead.get(method.getName());
            return other == null ? method.invoke(store, arguments) : other.get();
        });
    }

    private Keyring keyring(ManualTime clock) {
        AesGcm gcm = new AesGcm(new SecureRandom());
        KeyringStore watched = watched(KeyringStore.class, (proxy, method, arguments) -> {
            if (ringsAway) {
                throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "It is away.").asException();
            }
            return method.invoke(rings, arguments);
        });
        MasterKey master = new MasterKey(Base64.getEncoder().encodeToString(new byte[32]), gcm);
        return Keyring.open(watched, master, gcm, new SecureRandom(), clock::wallMillis);
    }

    private static NewTenant tenant(String id, boolean encrypted) {
        return new NewTenant(id, "Name", "Owner", "o@example.com", "free", QuotaPatch.NONE, null, List.of(), encrypted);
    }

    private static TenantPatch encrypted(boolean is) {
        return new TenantPatch(null, null, null, null, QuotaPatch.NONE, null, null, is);
    }

    private static Problem refused(ThrowingCallable call) {
        return Objects.requireNonNull(catchThrowableOfType(RipTideException.class, call))
                .problem();
    }

    private static void conflict(ThrowingCallable call, String detail) {
        Problem problem = refused(call);
        assertThat(problem.code()).isEqualTo(ProblemCode.CONFLICT);
        assertThat(problem.detail()).contains(detail);
    }

    private long tries() {
        return Collections.frequency(calls, "updateTenant");
    }

    @Test
    void aChangeThatOthersAreAlwaysBeforeIsGivenUpAfterTwentyTries() {
        tenants.create(tenant("a", false));
        instead.put("updateTenant", () -> false);
        List<TenantRecord> heard = new ArrayList<>();
        tenants.onTenantChange(heard::add);
        conflict(() -> tenants.suspend("a", null), "changed by others all the time");
        assertThat(tries()).isEqualTo(20);
        assertThat(heard).isEmpty();
        assertThat(tenants.tenant("a").status()).isEqualTo(Status.ACTIVE);
    }

    @Test
    void aChangeThatOthersWereBeforeIsMadeOfTheRowThatTheyLeft() {
        tenants.create(tenant("a", false));
        instead.put("updateTenant", () -> {
            instead.clear();
            return tenants.update("a", new TenantPatch("Theirs", null, null, null, QuotaPatch.NONE, null), null)
                    == null;
        });
        TenantRecord row = tenants.suspend("a", "late");
        assertThat(row.name()).isEqualTo("Theirs");
        assertThat(row.status()).isEqualTo(Status.SUSPENDED);
        assertThat(row.version()).isEqualTo(3);
        assertThat(store.tenant("a")).isEqualTo(row);
    }

    @Test
    void aTenantThatIsBeingDeletedIsNotEvenAskedForAKey() {
        tenants.create(tenant("a", false));
        tenants.delete("a");
        calls.clear();
        conflict(() -> tenants.createKey("a", "k", Set.of(), null), "being deleted");
        conflict(() -> tenants.rotateKey("a", "none", HOUR), "being deleted");
        assertThat(calls).containsExactly("tenant", "tenant");
    }

    @Test
    void aTenantThatIsDeletedWhileItsKeyIsMadeHasNone() {
        tenants.create(tenant("a", false));
        instead.put("createKey", () -> {
            tenants.delete("a");
            return false;
        });
        conflict(() -> tenants.createKey("a", "k", Set.of(), null), "being deleted");
    }

    @Test
    void aTenantThatIsErasedAndMadeAnewWhileItsKeyIsMadeIsNotGivenIt() {
        String old = tenants.create(tenant("a", false)).key().key().keyId();
        instead.put("createKey", () -> false);
        conflict(() -> tenants.createKey("a", "k", Set.of(), null), "changed at the same time");
        conflict(() -> tenants.rotateKey("a", old, HOUR), "changed at the same time");
        assertThat(Objects.requireNonNull(store.key(old)).expiresMillis()).isNull();
    }

    @Test
    void aKeyThatIsRevokedWhileItIsReplacedLeavesNoOtherBehind() {
        String old = tenants.create(tenant("a", false)).key().key().keyId();
        List<String> heard = new ArrayList<>();
        tenants.onKeyRevoked(heard::add);
        instead.put("endKey", () -> false);
        assertThat(refused(() -> tenants.rotateKey("a", old, HOUR)).code()).isEqualTo(ProblemCode.NOT_FOUND);
        assertThat(store.keys("a", null, 10)).extracting(KeyRecord::keyId).containsExactly(old);
        assertThat(heard).isEmpty();
    }

    @Test
    void theEnvironmentsKeyIsReplacedByTheEnvironmentAlone() {
        byte[] hash = new byte[32];
        store.putAdminKey(new KeyRecord(
                TenantManager.ENVIRONMENT_KEY, null, "admin", "E", List.of(), hash, time.wallMillis(), null, null));
        conflict(() -> tenants.rotateKey(null, TenantManager.ENVIRONMENT_KEY, HOUR), "environment");
        assertThat(store.keys(null, null, 10)).hasSize(1);
    }

    @Test
    void aKeyThatEndsIsReplacedByOneThatLivesAsLong() {
        tenants.create(tenant("a", false));
        NewKey old = tenants.createKey("a", "k", Set.of(), Duration.ofMinutes(10));
        time.advance(Duration.ofMinutes(9));
        NewKey next = tenants.rotateKey("a", old.key().keyId(), HOUR);
        assertThat(next.key().expiresMillis()).isEqualTo(time.wallMillis() + 600_000);
        assertThat(Objects.requireNonNull(store.key(old.key().keyId())).expiresMillis())
                .as("an overlap makes no key live longer")
                .isEqualTo(old.key().expiresMillis());
    }

    @Test
    void anEncryptedTenantHasKeysFromItsFirstUse() {
        TenantRecord made = tenants.create(tenant("a", true)).tenant();
        assertThat(rings.ring("a")).isNull();
        assertThat(tenants.keyring().cipher(made).encrypts()).isTrue();
        KeyringStore.Ring ring = Objects.requireNonNull(rings.ring("a"));
        assertThat(ring.tenantCreatedMillis()).isEqualTo(made.createdMillis());
        assertThat(ring.active()).isTrue();
        assertThat(tenants.keyring().of("a").encrypts()).isTrue();
        tenants.create(tenant("b", false));
        assertThat(rings.ring("b")).isNull();
    }

    @Test
    void aTenantWhoseKeysCannotBeMadeIsThereAllTheSame() {
        ringsAway = true;
        TenantRecord made = tenants.create(tenant("a", true)).tenant();
        ringsAway = false;
        assertThat(rings.ring("a")).isNull();
        assertThat(tenants.tenant("a")).isEqualTo(made);
        assertThat(tenants.rotateDataKey("a")).as("its first, and one more").isEqualTo(2);
    }

    @Test
    void aDataKeyIsRenewedWhereTheTenantIsEncryptedAndStays() {
        tenants.create(tenant("a", true));
        assertThat(tenants.rotateDataKey("a")).isEqualTo(2);
        assertThat(tenants.rotateDataKey("a")).isEqualTo(3);
        tenants.create(tenant("b", false));
        conflict(() -> tenants.rotateDataKey("b"), "not encrypted");
        tenants.delete("a");
        conflict(() -> tenants.rotateDataKey("a"), "being deleted");
        assertThat(Objects.requireNonNull(rings.ring("a")).keys()).hasSize(3);
    }

    @Test
    void whoListensForSwitchesHearsOfThoseAloneAndAfterTheChange() {
        tenants.create(tenant("a", false));
        List<String> heard = new ArrayList<>();
        tenants.onEncryptionSwitch(row -> heard.add("switched " + row.encryptionEnabled()));
        tenants.onTenantChange(row -> heard.add("changed " + row.version()));
        tenants.update("a", encrypted(true), null);
        assertThat(heard).containsExactly("changed 2", "switched true");
        tenants.update("a", encrypted(true), null);
        tenants.suspend("a", null);
        assertThat(heard).hasSize(4).endsWith("changed 2", "changed 3");
        tenants.update("a", encrypted(false), null);
        assertThat(heard).hasSize(6).endsWith("changed 4", "switched false");
    }

    @Test
    void whoAsksLaterToBeToldOfChangesIsToldEarlier() {
        tenants.create(tenant("a", false));
        List<String> heard = new ArrayList<>();
        tenants.onTenantChange(row -> heard.add("first"));
        tenants.onTenantChange(row -> heard.add("second"));
        tenants.suspend("a", null);
        assertThat(heard).containsExactly("second", "first");
    }
}
