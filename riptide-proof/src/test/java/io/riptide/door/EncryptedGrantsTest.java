package io.riptide.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.riptide.cache.Lookup;
import io.riptide.cache.PutOptions;
import io.riptide.entry.EntryCipher;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.TenantRecord.Status;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.tenant.TenantManager.TenantPatch;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How grants write and read as their tenants' rows say, and what a switch of that leaves behind. */
class EncryptedGrantsTest {
    @TempDir
    Path folder;

    private final Deque<Runnable> background = new ArrayDeque<>();
    private DoorRig rig;

    @BeforeEach
    void open() {
        rig = new DoorRig(folder, true, null, background::add);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void encrypt(boolean is) {
        rig.tenants.update("acme", new TenantPatch(null, null, null, null, QuotaPatch.NONE, null, null, is), null);
    }

    private static boolean hit(TenantCaller caller) {
        return caller.cache().namespace("n").get("k") instanceof Lookup.Hit;
    }

    private static void put(TenantCaller caller) {
        caller.cache().namespace("n").put("k", new byte[] {1}, PutOptions.DEFAULT);
    }

    @Test
    void aGrantWritesAsItsTenantsRowSaysFromItsFirstUse() {
        TenantCaller sealed = rig.door.tenant(rig.encrypted("acme"), null);
        assertThat(sealed.grant().cipher().encrypts()).isTrue();
        TenantCaller clear = rig.door.tenant(rig.tenant("globex"), null);
        assertThat(clear.grant().cipher()).isSameAs(EntryCipher.NONE);
        put(sealed);
        put(clear);
        assertThat(hit(sealed)).isTrue();
        assertThat(hit(clear)).isTrue();
    }

    @Test
    void aTenantThatIsBeingDeletedIsGivenNoKeysAnyMore() {
        rig.encrypted("acme");
        rig.tenants.delete("acme");
        background.clear();
        rig.tenants.keyring().destroy("acme");
        TenantGrant grant = rig.door.grant("acme");
        assertThat(grant.status()).isEqualTo(Status.DELETING);
        assertThat(grant.cipher()).isSameAs(EntryCipher.NONE);
        assertThat(rig.rings.ring("acme")).isNull();
    }

    @Test
    void aSwitchReachesWhoIsInAndEmptiesItsCache() {
        TenantCaller caller = rig.door.tenant(rig.tenant("acme"), null);
        put(caller);
        encrypt(true);
        assertThat(caller.grant().cipher().encrypts()).isTrue();
        assertThat(hit(caller)).isFalse();
        put(caller);
        assertThat(hit(caller)).isTrue();
        encrypt(false);
        assertThat(caller.grant().cipher()).isSameAs(EntryCipher.NONE);
        assertThat(hit(caller)).isFalse();
    }

    @Test
    void aSwitchEmptiesTheCacheOfATenantThatNobodyUsesNow() {
        rig.tenant("acme");
        assertThat(rig.door.grants()).isEmpty();
        encrypt(true);
        assertThat(rig.removals).hasValue(1);
        assertThat(rig.door.grant("acme").cipher().encrypts()).isTrue();
    }

    private void refusedAway(Runnable call) {
        RipTideException e = catchThrowableOfType(RipTideException.class, call::run);
        assertThat(Objects.requireNonNull(e).problem().code()).isEqualTo(ProblemCode.STORE_UNAVAILABLE);
    }

    @Test
    void whatASwitchCouldNotRemoveIsRemovedOnceTheStoreIsBackAndOnce() {
        rig.door.tenant(rig.tenant("acme"), null);
        rig.entriesAway = true;
        refusedAway(() -> encrypt(true));
        refusedAway(rig.door::tick);
        assertThat(rig.removals).hasValue(0);
        rig.entriesAway = false;
        rig.door.tick();
        assertThat(rig.removals).hasValue(1);
        rig.door.tick();
        assertThat(rig.removals).hasValue(1);
    }

    @Test
    void whatASwitchCouldNotRemoveIsLeftToTheErasureOfATenantThatIsDeletedMeanwhile() {
        rig.door.tenant(rig.tenant("acme"), null);
        rig.entriesAway = true;
        refusedAway(() -> encrypt(true));
        rig.entriesAway = false;
        rig.tenants.delete("acme");
        RipTideException e = catchThrowableOfType(RipTideException.class, rig.door::tick);
        assertThat(Objects.requireNonNull(e).problem().code()).isEqualTo(ProblemCode.UNAUTHENTICATED);
        rig.door.tick();
        assertThat(rig.removals).hasValue(0);
    }
}
