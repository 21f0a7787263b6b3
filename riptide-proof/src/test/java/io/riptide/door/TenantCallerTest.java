package io.riptide.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.grant.Action;
import io.riptide.grant.Area;
import io.riptide.grant.TenantGrant;
import io.riptide.observe.CacheOperation;
import io.riptide.observe.CacheResult;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.AccessPolicy;
import io.riptide.spi.AccessPolicy.Effect;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What scopes and policies let a credential do, and how what they refuse is counted. */
class TenantCallerTest {
    @TempDir
    private static Path folder;

    private static DoorRig rig;
    private static int tenants;

    @BeforeAll
    static void open() {
        rig = new DoorRig(folder);
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    /** A tenant of its own, with these scopes of its key and these policies. */
    private static TenantCaller caller(Set<Action> scopes, AccessPolicy... policies) {
        String id = "t" + tenants++;
        rig.tenants.create(
                new NewTenant(id, "T", "O", "o@example.com", "free", QuotaPatch.NONE, null, List.of(policies), false));
        return rig.door.tenant(rig.tenants.createKey(id, "k", scopes, null).apiKey(), null);
    }

    private static AccessPolicy allow(String action, String... resources) {
        return new AccessPolicy(Effect.ALLOW, List.of(action), List.of(resources));
    }

    private static AccessPolicy deny(String action, String... resources) {
        return new AccessPolicy(Effect.DENY, List.of(action), List.of(resources));
    }

    private static void denied(ThrowingCallable call, String detail) {
        RipTideException e = catchThrowableOfType(RipTideException.class, call);
        assertThat(e).isNotNull();
        assertThat(e.problem().code()).isEqualTo(ProblemCode.ACCESS_DENIED);
        assertThat(e.problem().detail()).contains(detail);
    }

    private static long counted(TenantCaller caller, CacheOperation operation, CacheResult result) {
        long[] cells = new long[CacheOperation.CELLS];
        caller.grant().meter().cells(cells);
        return cells[operation.cell(result)];
    }

    private static long denials(TenantCaller caller, CacheOperation operation) {
        return counted(caller, operation, CacheResult.DENIED);
    }

    @Test
    void withoutPoliciesTheScopesAlonePermit() {
        TenantCaller reader = caller(Set.of(Action.CACHE_READ));
        reader.requireIn(Area.CACHE, Action.CACHE_READ);
        reader.requireNamespace(Action.CACHE_READ, null, "n");
        reader.requireEntry(Action.CACHE_READ, null, "n", "k");
        reader.requireEntries(Action.CACHE_READ, CacheOperation.BATCH_GET, "n", List.of("a", "b"));
        assertThat(reader.shows("n", "k")).isTrue();
        TenantCaller all = caller(Set.of(Action.ALL));
        all.requireHost("example.com");
        all.requireNamespace(Action.CACHE_DELETE, null, "n");
    }

    @Test
    void whatScopesLeaveOutIsDeniedAndCountedForEachKey() {
        TenantCaller reader = caller(Set.of(Action.CACHE_READ));
        String left = "This key's scopes leave out cache:write.";
        denied(() -> reader.require(Action.CACHE_WRITE), left);
        denied(() -> reader.requireIn(Area.CACHE, Action.CACHE_WRITE), left);
        denied(() -> reader.require(Action.CACHE_WRITE, CacheOperation.PUT), left);
        assertThat(denials(reader, CacheOperation.PUT)).isEqualTo(1);
        denied(() -> reader.requireEntry(Action.CACHE_WRITE, CacheOperation.PUT, "n", "k"), left);
        assertThat(denials(reader, CacheOperation.PUT)).isEqualTo(2);
        List<String> keys = List.of("a", "b", "c");
        denied(() -> reader.requireEntries(Action.CACHE_WRITE, CacheOperation.BATCH_PUT, "n", keys), left);
        assertThat(denials(reader, CacheOperation.BATCH_PUT)).isEqualTo(3);
        denied(
                () -> reader.requireNamespace(Action.CACHE_DELETE, CacheOperation.INVALIDATE, "n"),
                "leave out cache:delete");
        assertThat(denials(reader, CacheOperation.INVALIDATE)).isEqualTo(1);
        denied(() -> reader.requireHost("example.com"), "leave out web:fetch");
        assertThat(denials(reader, CacheOperation.GET)).isEqualTo(1);
    }

    @Test
    void whatNoPolicyAllowsIsDenied() {
        TenantCaller caller = caller(
                Set.of(),
                allow("cache:read", "cache/open*"),
                allow("web:fetch", "web/a.example"),
                allow("usage:read", "usage"));
        String byPolicy = "access policies do not allow";
        caller.requireIn(Area.USAGE, Action.USAGE_READ);
        denied(() -> caller.requireIn(Area.SESSIONS, Action.SESSIONS_READ), byPolicy + " sessions:read");
        caller.requireHost("a.example");
        denied(() -> caller.requireHost("b.example"), byPolicy + " web:fetch");
        assertThat(denials(caller, CacheOperation.GET)).isEqualTo(1);
        caller.requireNamespace(Action.CACHE_READ, CacheOperation.INVALIDATE, "open");
        denied(
                () -> caller.requireNamespace(Action.CACHE_DELETE, CacheOperation.INVALIDATE, "open"),
                byPolicy + " cache:delete");
        assertThat(denials(caller, CacheOperation.INVALIDATE)).isEqualTo(1);
        caller.requireEntry(Action.CACHE_READ, CacheOperation.GET, "open", "k");
        denied(() -> caller.requireEntry(Action.CACHE_READ, CacheOperation.GET, "shut", "k"), byPolicy);
        assertThat(denials(caller, CacheOperation.GET)).isEqualTo(2);
        denied(() -> caller.requireEntry(Action.CACHE_READ, null, "shut", "k"), byPolicy);
        assertThat(denials(caller, CacheOperation.GET))
                .as("no operation on the cache")
                .isEqualTo(2);
    }

    @Test
    void ofManyKeysOneThatIsNotAllowedRefusesAllAndAllAreCounted() {
        TenantCaller caller = caller(Set.of(), allow("*", "cache/n*"), deny("cache:read", "cache/n/secret"));
        caller.requireEntries(Action.CACHE_READ, CacheOperation.BATCH_GET, "n", List.of("a", "b"));
        denied(
                () -> caller.requireEntries(
                        Action.CACHE_READ, CacheOperation.BATCH_GET, "n", List.of("a", "secret", "b")),
                "do not allow cache:read");
        assertThat(denials(caller, CacheOperation.BATCH_GET)).isEqualTo(3);
        assertThat(caller.shows("n", "a")).isTrue();
        assertThat(caller.shows("n", "secret")).isFalse();
    }

    @Test
    void aRemovalOfAllIsDeniedWhereSomeOfItIsAListingIsNot() {
        TenantCaller caller = caller(
                Set.of(),
                allow("*", "cache/n*"),
                deny("cache:delete", "cache/n/kept"),
                deny("cache:read", "cache/n/secret"));
        caller.requireNamespace(Action.CACHE_READ, null, "n");
        caller.requireNamespace(Action.CACHE_DELETE, null, "nn");
        denied(
                () -> caller.requireNamespace(Action.CACHE_DELETE, CacheOperation.INVALIDATE, "n"),
                "do not allow cache:delete");
        assertThat(denials(caller, CacheOperation.INVALIDATE)).isEqualTo(1);
    }

    @Test
    void aPageThatIsFetchedTakesAPermitAndCountsAsALoadToo() {
        TenantCaller caller = caller(Set.of());
        TenantGrant grant = caller.grant();
        caller.beginFetch();
        assertThat(grant.allowance().probe().remaining()).isEqualTo(999);
        caller.fetched();
        assertThat(grant.meter().count(Meter.FETCH)).isEqualTo(1);
        assertThat(grant.meter().count(Meter.LOAD)).isEqualTo(1);
        caller.beginFetch();
        caller.fetchFailed();
        assertThat(grant.allowance().probe().remaining()).as("given back").isEqualTo(999);
        assertThat(grant.meter().count(Meter.FETCH)).isEqualTo(1);
        assertThat(grant.meter().count(Meter.LOAD_FAILED)).isEqualTo(1);
        rig.tenants.suspend(grant.tenantId(), null);
        RipTideException e = catchThrowableOfType(RipTideException.class, caller::beginFetch);
        assertThat(e.problem().code()).isEqualTo(ProblemCode.TENANT_SUSPENDED);
        assertThat(denials(caller, CacheOperation.LOAD)).isEqualTo(1);
    }

    @Test
    void whatTheDoorRefusesIsCountedForTheCredentialsTenant() {
        TenantCaller caller = caller(Set.of());
        String id = caller.grant().tenantId();
        String key = rig.tenants.createKey(id, "k", Set.of(), null).apiKey();
        denied(() -> rig.door.tenant(key, "another", CacheOperation.GET), "X-Tenant-ID");
        assertThat(denials(caller, CacheOperation.GET)).isEqualTo(1);
        denied(() -> rig.door.tenant(key, "another"), "X-Tenant-ID");
        assertThat(denials(caller, CacheOperation.GET)).isEqualTo(1);
        rig.tenants.suspend(id, null);
        RipTideException e =
                catchThrowableOfType(RipTideException.class, () -> rig.door.tenant(key, id, CacheOperation.PUT));
        assertThat(e.problem().code()).isEqualTo(ProblemCode.TENANT_SUSPENDED);
        assertThat(denials(caller, CacheOperation.PUT)).isEqualTo(1);
    }
}
