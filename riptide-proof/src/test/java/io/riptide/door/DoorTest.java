package io.riptide.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.riptide.grant.Action;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.KeyRecord;
import io.riptide.spi.TenantRecord;
import io.riptide.tenant.Role;
import io.riptide.tenant.TenantManager.NewKey;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.tenant.TenantManager.TenantPatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoorTest {
    @TempDir
    Path folder;

    private DoorRig rig;
    private Door door;

    @BeforeEach
    void open() {
        rig = new DoorRig(folder);
        door = rig.door;
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static Problem refused(ThrowingCallable call) {
        RipTideException e = catchThrowableOfType(RipTideException.class, call);
        assertThat(e).isNotNull();
        return e.problem();
    }

    private static void refused(ThrowingCallable call, ProblemCode code) {
        assertThat(refused(call).code()).isEqualTo(code);
    }

    /** The same key with another secret and the checksum that goes with it: only the hash tells. */
    private String withSecretOf(String key, String other) {
        String text = key.substring(0, 17) + other.substring(17, 60);
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        String digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        StringBuilder checksum = new StringBuilder();
        for (long rest = crc.getValue(), i = 0; i < 6; i++, rest /= 62) {
            checksum.insert(0, digits.charAt((int) (rest % 62)));
        }
        return text + checksum;
    }

    @Test
    void aTenantsKeyOpensItsOwnDoorWithAnAgreeingHeaderOrNone() {
        String key = rig.tenant("acme");
        TenantCaller caller = door.tenant(key, "acme");
        assertThat(caller.grant().tenantId()).isEqualTo("acme");
        assertThat(caller.credentialId()).isEqualTo(key.substring(4, 16));
        assertThat(door.tenant(key, null)).isSameAs(caller);
        assertThat(door.caller(key)).isSameAs(caller);
    }

    @Test
    void aHeaderThatDisagreesIsDenied() {
        String key = rig.tenant("acme");
        rig.tenant("globex");
        for (String header : List.of("globex", "nobody", "", "ACME", " acme")) {
            refused(() -> door.tenant(key, header), ProblemCode.ACCESS_DENIED);
        }
    }

    @Test
    void anUnknownTenantAWrongKeyAndNoneAnswerAlike() {
        String key = rig.tenant("acme");
        String other = rig.tenant("globex");
        Problem none = refused(() -> door.tenant(null, null));
        assertThat(none.code()).isEqualTo(ProblemCode.UNAUTHENTICATED);
        assertThat(List.of(
                        refused(() -> door.tenant(null, "acme")),
                        refused(() -> door.tenant(null, "nobody")),
                        refused(() -> door.tenant("", "acme")),
                        refused(() -> door.tenant("x", "acme")),
                        refused(() -> door.tenant(key + "0", "acme")),
                        refused(() -> door.tenant(key.substring(0, 65) + "!", "acme")),
                        refused(() -> door.tenant(withSecretOf(key, other), "acme")),
                        refused(() -> door.tenant(withSecretOf("rtk_nobodysKey00_" + key.substring(17), key), "acme")),
                        refused(() -> door.admin(null)),
                        refused(() -> door.admin("x")),
                        refused(() -> door.admin(withSecretOf(key, other)))))
                .allSatisfy(problem -> assertThat(problem).isEqualTo(none));
        assertThat(door.caller(withSecretOf(key, other))).isNull();
        assertThat(door.caller(key)).isNotNull();
    }

    @Test
    void aTenantsKeyOpensNoAdminRouteAndAnAdminsNoTenantRoute() {
        String tenant = rig.tenant("acme");
        String admin = rig.tenants.createAdminKey("a", Role.VIEWER, null).apiKey();
        refused(() -> door.admin(tenant), ProblemCode.ACCESS_DENIED);
        refused(() -> door.tenant(admin, null), ProblemCode.ACCESS_DENIED);
        refused(() -> door.tenant(admin, "acme"), ProblemCode.ACCESS_DENIED);
        refused(() -> door.tenant(DoorRig.ENVIRONMENT_KEY, "acme"), ProblemCode.ACCESS_DENIED);
    }

    @Test
    void rolesIncludeTheOnesBelow() {
        for (Role role : Role.values()) {
            AdminCaller caller =
                    door.admin(rig.tenants.createAdminKey("a", role, null).apiKey());
            assertThat(caller.role()).isEqualTo(role);
            for (Role needed : Role.values()) {
                if (needed.ordinal() <= role.ordinal()) {
                    caller.require(needed);
                } else {
                    refused(() -> caller.require(needed), ProblemCode.ACCESS_DENIED);
                }
            }
        }
    }

    @Test
    void aKnownKeyIsAnsweredWithoutTheStore() {
        String key = rig.tenant("acme");
        door.tenant(key, null);
        int before = rig.storeCalls.get();
        for (int i = 0; i < 100; i++) {
            door.tenant(key, "acme");
        }
        assertThat(rig.storeCalls).hasValue(before);
        rig.storeAway = true;
        assertThat(door.tenant(key, "acme")).isNotNull();
    }

    @Test
    void anUnknownKeyWhileTheStoreIsAwayIsNoVerdict() {
        String key = rig.tenant("acme");
        rig.storeAway = true;
        refused(() -> door.tenant(key, null), ProblemCode.STORE_UNAVAILABLE);
        rig.storeAway = false;
        assertThat(door.tenant(key, null)).isNotNull();
    }

    @Test
    void aForgedChecksumDiesWithoutTheStoreAndAnUnknownIdAsksItOnceInAWhile() {
        String key = rig.tenant("acme");
        String unknown = withSecretOf("rtk_nobodysKey00_" + key.substring(17), key);
        int before = rig.storeCalls.get();
        assertThat(door.caller(key.substring(0, 65) + (key.endsWith("0") ? "1" : "0")))
                .isNull();
        assertThat(rig.storeCalls).hasValue(before);
        for (int i = 0; i < 50; i++) {
            assertThat(door.caller(unknown)).isNull();
        }
        assertThat(rig.storeCalls).hasValue(before + 1);
        rig.time.advance(Duration.ofSeconds(11));
        assertThat(door.caller(unknown)).isNull();
        assertThat(rig.storeCalls).hasValue(before + 2);
    }

    @Test
    void aKeyThatIsNotUsedForAWhileCostsItsRowAlone() {
        String key = rig.tenant("acme");
        door.tenant(key, null);
        rig.time.advance(Duration.ofMinutes(9));
        door.tenant(key, null);
        rig.time.advance(Duration.ofMinutes(9));
        int before = rig.storeCalls.get();
        door.tenant(key, null);
        assertThat(rig.storeCalls).as("used nine minutes ago").hasValue(before);
        rig.time.advance(Duration.ofMinutes(11));
        door.tenant(key, null);
        assertThat(rig.storeCalls).as("forgotten").hasValueGreaterThan(before);
    }

    @Test
    void aKeyEndsToTheMillisecondByWallTimeKnownOrNot() {
        rig.tenant("acme");
        String key = rig.tenants
                .createKey("acme", "k", Set.of(), Duration.ofSeconds(60))
                .apiKey();
        door.tenant(key, null);
        rig.time.advance(Duration.ofMillis(59_999));
        door.tenant(key, null);
        rig.time.advance(Duration.ofMillis(1));
        refused(() -> door.tenant(key, null), ProblemCode.UNAUTHENTICATED);
        rig.time.jumpWall(Duration.ofDays(1));
        refused(() -> door.tenant(key, null), ProblemCode.UNAUTHENTICATED);
    }

    @Test
    void aRevokedKeyIsRefusedFromTheMomentRevokingReturns() {
        rig.tenant("acme");
        NewKey key = rig.tenants.createKey("acme", "k", Set.of(), null);
        door.tenant(key.apiKey(), null);
        rig.tenants.revokeKey("acme", key.key().keyId());
        refused(() -> door.tenant(key.apiKey(), null), ProblemCode.UNAUTHENTICATED);
        NewKey admin = rig.tenants.createAdminKey("a", Role.ADMIN, null);
        door.admin(admin.apiKey());
        rig.tenants.revokeKey(null, admin.key().keyId());
        refused(() -> door.admin(admin.apiKey()), ProblemCode.UNAUTHENTICATED);
    }

    @Test
    void scopesAllowWhatTheyNameAndNoneAllowsAll() {
        String all = rig.tenant("acme");
        TenantCaller unscoped = door.tenant(all, null);
        for (Action action : Action.values()) {
            unscoped.require(action);
        }
        TenantCaller reader = door.tenant(
                rig.tenants
                        .createKey("acme", "k", Set.of(Action.CACHE_READ, Action.USAGE_READ), null)
                        .apiKey(),
                null);
        reader.require(Action.CACHE_READ);
        reader.require(Action.USAGE_READ);
        refused(() -> reader.require(Action.CACHE_WRITE), ProblemCode.ACCESS_DENIED);
        refused(() -> reader.require(Action.ALL), ProblemCode.ACCESS_DENIED);
        TenantCaller star = door.tenant(
                rig.tenants.createKey("acme", "k", Set.of(Action.ALL), null).apiKey(), null);
        star.require(Action.CACHE_DELETE);
    }

    @Test
    void suspensionIsToldOnlyToWhoProvesToBeTheTenantAndReachesCallersAlreadyIn() {
        String key = rig.tenant("acme");
        String other = rig.tenant("globex");
        TenantCaller in = door.tenant(key, null);
        rig.tenants.suspend("acme", "late");
        refused(() -> door.tenant(key, null), ProblemCode.TENANT_SUSPENDED);
        refused(() -> door.tenant(key, "globex"), ProblemCode.ACCESS_DENIED);
        refused(() -> door.tenant(withSecretOf(key, other), "acme"), ProblemCode.UNAUTHENTICATED);
        refused(() -> door.admin(key), ProblemCode.ACCESS_DENIED);
        refused(() -> in.grant().permit(1), ProblemCode.TENANT_SUSPENDED);
        rig.tenants.resume("acme");
        door.tenant(key, null);
        in.grant().permit(1);
    }

    @Test
    void aNewLimitReachesCallersAlreadyIn() {
        TenantCaller in = door.tenant(rig.tenant("acme"), null);
        rig.tenants.update(
                "acme", new TenantPatch(null, null, null, null, new QuotaPatch(null, 2L, 77L, null), null), null);
        assertThat(in.grant().quotas().storageBytes()).isEqualTo(77);
        in.grant().permit(1);
        in.grant().permit(1);
        refused(() -> in.grant().permit(1), ProblemCode.QUOTA_EXCEEDED);
    }

    @Test
    void theEnvironmentsKeyIsAnAdminListedWithoutItsSecretAndRevokedUntilTheNextStart() {
        assertThat(door.admin(DoorRig.ENVIRONMENT_KEY)).isEqualTo(new AdminCaller("environment", Role.ADMIN));
        refused(() -> door.admin(DoorRig.ENVIRONMENT_KEY + "x"), ProblemCode.UNAUTHENTICATED);
        refused(() -> door.admin("x".repeat(257)), ProblemCode.UNAUTHENTICATED);
        KeyRecord row = rig.tenants.keys(null, null, 10).getFirst();
        assertThat(row.keyId()).isEqualTo("environment");
        assertThat(row.role()).isEqualTo("admin");
        rig.tenants.revokeKey(null, "environment");
        refused(() -> door.admin(DoorRig.ENVIRONMENT_KEY), ProblemCode.UNAUTHENTICATED);
        reopen(DoorRig.ENVIRONMENT_KEY);
        door.admin(DoorRig.ENVIRONMENT_KEY);
        assertThat(rig.tenants.keys(null, null, 10)).hasSize(1);
    }

    private void reopen(String environmentKey) {
        rig.close();
        rig = new DoorRig(folder, true, environmentKey, Runnable::run);
        door = rig.door;
    }

    @Test
    void theSameEnvironmentKeyIsNotWrittenAgain() {
        KeyRecord row = rig.store.key("environment");
        reopen(DoorRig.ENVIRONMENT_KEY);
        assertThat(rig.storeCalls).as("its row was read and no more").hasValue(1);
        assertThat(rig.store.key("environment").secretHash()).isEqualTo(row.secretHash());
    }

    @Test
    void anotherEnvironmentKeyReplacesTheFormerAndNoneTakesItAway() {
        String other = "another key that is long enough";
        reopen(other);
        door.admin(other);
        refused(() -> door.admin(DoorRig.ENVIRONMENT_KEY), ProblemCode.UNAUTHENTICATED);
        assertThat(rig.tenants.keys(null, null, 10)).hasSize(1);
        reopen(null);
        refused(() -> door.admin(other), ProblemCode.UNAUTHENTICATED);
        assertThat(rig.tenants.keys(null, null, 10)).isEmpty();
    }

    @Test
    void anEnvironmentKeyThatIsTooShortTooLongOrNotPrintableIsRefusedByItsName() {
        rig.close();
        for (String bad : List.of("x".repeat(23), "x".repeat(257), "x".repeat(30) + "\n")) {
            Path other = folder.resolve("bad" + bad.hashCode());
            assertThatThrownBy(() -> new DoorRig(other, true, bad, Runnable::run))
                    .isInstanceOf(RipTideException.class)
                    .hasMessageContaining("RIPTIDE_ADMIN_API_KEY")
                    .hasMessageNotContaining("xxx");
        }
        rig = new DoorRig(folder, true, "x".repeat(24), Runnable::run);
        rig.door.admin("x".repeat(24));
        rig.close();
        rig = new DoorRig(folder, true, "x".repeat(256), Runnable::run);
        rig.door.admin("x".repeat(256));
    }

    @Test
    void whereTenantsAreSwitchedOffACallerWithoutACredentialIsTheDefaultTenant() {
        String key = rig.tenant("acme");
        rig.close();
        rig = new DoorRig(folder, false, null, Runnable::run);
        door = rig.door;
        TenantCaller caller = door.tenant(null, "whatever");
        assertThat(caller.grant().tenantId()).isEqualTo("default");
        assertThat(caller.grant().quotas().operationsPerMinute()).isEqualTo(1_000);
        caller.require(Action.CACHE_WRITE);
        assertThat(door.tenant(null, null)).isSameAs(caller);
        assertThat(door.tenant(key, null).grant().tenantId()).isEqualTo("acme");
        refused(() -> door.tenant("wrong", null), ProblemCode.UNAUTHENTICATED);
        refused(() -> door.admin(null), ProblemCode.UNAUTHENTICATED);
        refused(() -> rig.tenants.delete("default"), ProblemCode.CONFLICT);
        refused(() -> rig.tenants.suspend("default", null), ProblemCode.CONFLICT);
        refused(() -> rig.tenant("default"), ProblemCode.CONFLICT);
        refused(() -> rig.tenants.createKey("default", "k", Set.of(), null), ProblemCode.CONFLICT);
        assertThat(rig.tenants.list(null, 10, null, null))
                .extracting(TenantRecord::id)
                .containsExactly("acme", "default");
        assertThat(rig.tenants.list("default", 10, null, null)).isEmpty();
        assertThat(rig.tenants.list(null, 1, null, null))
                .extracting(TenantRecord::id)
                .containsExactly("acme");
        assertThat(rig.tenants.list(null, 10, TenantRecord.Status.SUSPENDED, null))
                .isEmpty();
    }

    @Test
    void theLastUseOfAKeyIsWrittenInBatchesToAMinute() {
        rig.tenant("acme");
        NewKey key = rig.tenants.createKey("acme", "k", Set.of(), null);
        long first = rig.time.wallMillis();
        door.tenant(key.apiKey(), null);
        door.tick();
        assertThat(lastUsed(key)).as("not at once").isNull();
        rig.time.advance(Duration.ofSeconds(10));
        door.tenant(key.apiKey(), null);
        door.tick();
        assertThat(lastUsed(key)).isEqualTo(first);
        rig.time.advance(Duration.ofSeconds(50));
        rig.storeAway = true;
        door.tenant(key.apiKey(), null);
        door.tick();
        rig.storeAway = false;
        assertThat(lastUsed(key)).as("the store was away").isEqualTo(first);
        rig.time.advance(Duration.ofSeconds(10));
        door.tick();
        assertThat(lastUsed(key)).isEqualTo(first + 60_000);
    }

    @Test
    void theLastUseOfAKeyIsWrittenAtAStopHoweverManyKeysThereAre() {
        rig.tenant("acme");
        List<NewKey> keys = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            keys.add(rig.tenants.createKey("acme", "k" + i, Set.of(), null));
        }
        long used = rig.time.wallMillis();
        keys.forEach(key -> door.tenant(key.apiKey(), null));
        door.flush();
        assertThat(keys).allSatisfy(key -> assertThat(lastUsed(key)).isEqualTo(used));
        int calls = rig.storeCalls.get();
        door.flush();
        assertThat(rig.storeCalls.get()).as("nothing is left to write").isEqualTo(calls);
    }

    @Test
    void aStopGoesOnWhereTheLastUsesCannotBeWritten() {
        String key = rig.tenant("acme");
        door.tenant(key, null);
        rig.storeAway = true;
        door.flush();
        rig.storeAway = false;
        door.flush();
        assertThat(rig.tenants.keys("acme", null, 10).getFirst().lastUsedMillis())
                .isNotNull();
    }

    private Long lastUsed(NewKey key) {
        return rig.store.key(key.key().keyId()).lastUsedMillis();
    }
}
