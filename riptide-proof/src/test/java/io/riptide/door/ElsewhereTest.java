package io.riptide.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.riptide.cache.PutOptions;
import io.riptide.config.PersistenceConfig;
import io.riptide.entry.EntryCipher;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.KeyRecord;
import io.riptide.spi.TenantRecord.Status;
import io.riptide.tenant.TenantManager;
import io.riptide.tenant.TenantManager.NewKey;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.tenant.TenantManager.TenantPatch;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One of several processes over the same rows, told by hand of what the others changed. */
class ElsewhereTest {
    @TempDir
    Path folder;

    private final Deque<Runnable> background = new ArrayDeque<>();
    private DoorRig rig;
    private TenantManager others;

    @BeforeEach
    void open() {
        open(null);
    }

    private void open(String environmentKey) {
        rig = DoorRig.shared(folder, environmentKey, background::add);
        PersistenceConfig config = DoorRig.config();
        others = new TenantManager(
                config.tenant(),
                config.billing(),
                rig.store,
                rig.time,
                new SecureRandom(),
                // Its keys are the same as in the other process, which reads the same ring.
                rig.tenants.keyring());
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static void refused(ThrowingCallable call, ProblemCode code) {
        RipTideException e = catchThrowableOfType(RipTideException.class, call);
        assertThat(e).isNotNull();
        assertThat(e.problem().code()).isEqualTo(code);
    }

    private static TenantPatch encrypted(boolean is) {
        return new TenantPatch(null, null, null, null, QuotaPatch.NONE, null, null, is);
    }

    @Test
    void aChangeOfATenantHoldsOnceItIsHeardOf() {
        TenantGrant grant = rig.door.tenant(rig.tenant("acme"), null).grant();
        others.suspend("acme", null);
        assertThat(grant.status()).isEqualTo(Status.ACTIVE);
        rig.elsewhere().tenant("acme");
        assertThat(grant.status()).isEqualTo(Status.SUSPENDED);
    }

    @Test
    void aTenantThatIsGoneEndsItsGrantAndItsKeysAreLetGo() {
        TenantGrant grant = rig.door.tenant(rig.encrypted("acme"), null).grant();
        assertThat(rig.tenants.keyring().of("acme").encrypts()).isTrue();
        others.delete("acme");
        others.erased("acme");
        assertThat(grant.status()).isEqualTo(Status.ACTIVE);
        rig.elsewhere().tenant("acme");
        assertThat(grant.status()).isEqualTo(Status.DELETING);
        assertThat(rig.door.grants()).isEmpty();
        assertThat(rig.tenants.keyring().of("acme")).isSameAs(EntryCipher.NONE);
        rig.elsewhere().tenant("nobody");
    }

    @Test
    void whatCannotBeReadIsNotTakenForGone() {
        TenantGrant grant = rig.door.tenant(rig.tenant("acme"), null).grant();
        rig.storeAway = true;
        refused(() -> rig.elsewhere().tenant("acme"), ProblemCode.STORE_UNAVAILABLE);
        assertThat(grant.status()).isEqualTo(Status.ACTIVE);
    }

    @Test
    void aKeyThatWasNotThereIsLookedForAgainAndOneThatIsRevokedForgotten() {
        rig.tenant("acme");
        NewKey key = others.createKey("acme", "k", Set.of(), null);
        assertThat(rig.door.caller(key.apiKey())).isNotNull();
        others.revokeKey("acme", key.key().keyId());
        assertThat(rig.door.caller(key.apiKey())).as("nobody told").isNotNull();
        rig.elsewhere().key(key.key().keyId());
        assertThat(rig.door.caller(key.apiKey())).isNull();
        assertThat(rig.store.createKey(key.key())).isTrue();
        assertThat(rig.door.caller(key.apiKey())).as("known to be nobody's").isNull();
        rig.elsewhere().key(key.key().keyId());
        assertThat(rig.door.caller(key.apiKey())).isNotNull();
    }

    @Test
    void whereAnythingMayHaveChangedAllIsReadAnew() {
        TenantGrant acme = rig.door.tenant(rig.tenant("acme"), null).grant();
        TenantGrant globex = rig.door.tenant(rig.tenant("globex"), null).grant();
        NewKey key = others.createKey("acme", "k", Set.of(), null);
        NewKey other = others.createKey("globex", "k", Set.of(), null);
        assertThat(rig.door.caller(key.apiKey())).isNotNull();
        others.revokeKey("globex", other.key().keyId());
        assertThat(rig.door.caller(other.apiKey())).isNull();
        assertThat(rig.store.createKey(other.key())).isTrue();
        others.revokeKey("acme", key.key().keyId());
        others.suspend("acme", null);
        others.delete("globex");
        others.erased("globex");
        rig.elsewhere().anything();
        assertThat(acme.status()).isEqualTo(Status.SUSPENDED);
        assertThat(globex.status()).isEqualTo(Status.DELETING);
        assertThat(rig.door.caller(key.apiKey())).isNull();
    }

    @Test
    void idsThatWereNobodysAreLookedForAgainWhereAnythingMayHaveChanged() {
        rig.tenant("acme");
        NewKey key = others.createKey("acme", "k", Set.of(), null);
        others.revokeKey("acme", key.key().keyId());
        assertThat(rig.door.caller(key.apiKey())).isNull();
        assertThat(rig.store.createKey(key.key())).isTrue();
        assertThat(rig.door.caller(key.apiKey())).isNull();
        rig.elsewhere().anything();
        assertThat(rig.door.caller(key.apiKey())).isNotNull();
    }

    @Test
    void theEnvironmentsKeyIsRevokedOnceItsRowIsGoneAndThatIsHeardOf() {
        rig.close();
        open(DoorRig.ENVIRONMENT_KEY);
        rig.elsewhere().key(TenantManager.ENVIRONMENT_KEY);
        assertThat(rig.door.caller(DoorRig.ENVIRONMENT_KEY))
                .as("its row is there")
                .isNotNull();
        others.revokeKey(null, TenantManager.ENVIRONMENT_KEY);
        rig.elsewhere().key("another");
        assertThat(rig.door.caller(DoorRig.ENVIRONMENT_KEY)).isNotNull();
        rig.elsewhere().key(TenantManager.ENVIRONMENT_KEY);
        assertThat(rig.door.caller(DoorRig.ENVIRONMENT_KEY)).isNull();
    }

    @Test
    void aProcessWithoutAnEnvironmentsKeyLeavesThatOfAnother() {
        rig.close();
        open(DoorRig.ENVIRONMENT_KEY);
        rig.close();
        open(null);
        assertThat(rig.store.keys(null, null, 10))
                .extracting(KeyRecord::keyId)
                .containsExactly(TenantManager.ENVIRONMENT_KEY);
        assertThat(rig.door.caller(DoorRig.ENVIRONMENT_KEY)).isNull();
    }

    @Test
    void anErasureWaitsUntilTheOthersHaveHeardOfIt() {
        rig.door.tenant(rig.tenant("acme"), null);
        rig.tenants.delete("acme");
        rig.door.tick();
        rig.time.advance(Duration.ofMillis(1_999));
        rig.door.tick();
        assertThat(background).isEmpty();
        rig.time.advance(Duration.ofMillis(1));
        rig.door.tick();
        assertThat(background).hasSize(1);
        rig.door.tick();
        assertThat(background).as("it is begun once").hasSize(1);
        background.poll().run();
        assertThat(rig.store.tenant("acme")).isNull();
        rig.time.advance(Duration.ofMinutes(1));
        rig.door.tick();
        assertThat(background).isEmpty();
    }

    @Test
    void whoDoesNotEraseLeavesItToWhoDoes() {
        TenantGrant grant = rig.door.tenant(rig.tenant("acme"), null).grant();
        rig.erases = false;
        rig.tenants.delete("acme");
        assertThat(grant.status()).isEqualTo(Status.DELETING);
        rig.time.advance(Duration.ofMinutes(1));
        rig.door.tick();
        assertThat(background).isEmpty();
    }

    @Test
    void anErasureThatIsHeardOfAfterItsRowIsGoneEndsItself() {
        rig.tenant("acme");
        rig.tenants.delete("acme");
        others.erased("acme");
        rig.time.advance(Duration.ofSeconds(2));
        rig.door.tick();
        background.poll().run();
        rig.time.advance(Duration.ofMinutes(1));
        rig.door.tick();
        assertThat(background).as("it is not tried again").isEmpty();
        rig.tenant("acme");
        rig.tenants.delete("acme");
        rig.time.advance(Duration.ofSeconds(2));
        rig.door.tick();
        assertThat(background).as("of another tenant of its id").hasSize(1);
    }

    @Test
    void anErasureTakesDataKeysAndGrantAway() {
        TenantCaller caller = rig.door.tenant(rig.encrypted("acme"), null);
        caller.cache().namespace("n").put("k", new byte[] {1}, PutOptions.DEFAULT);
        rig.tenants.delete("acme");
        rig.time.advance(Duration.ofSeconds(2));
        rig.door.tick();
        assertThat(rig.rings.ring("acme")).isNotNull();
        background.poll().run();
        assertThat(rig.rings.ring("acme")).isNull();
        assertThat(rig.tenants.keyring().of("acme")).isSameAs(EntryCipher.NONE);
        assertThat(rig.cache.usage(caller.grant()).entries()).isZero();
        assertThat(rig.door.grants()).isEmpty();
    }

    @Test
    void aSwitchOfEncryptionElsewhereEmptiesWhatIsHeldHere() {
        TenantCaller caller = rig.door.tenant(rig.tenant("acme"), null);
        assertThat(caller.grant().cipher()).isSameAs(EntryCipher.NONE);
        caller.cache().namespace("n").put("k", new byte[] {1}, PutOptions.DEFAULT);
        others.update("acme", encrypted(true), null);
        assertThat(rig.removals).hasValue(0);
        rig.elsewhere().tenant("acme");
        assertThat(caller.grant().cipher().encrypts()).isTrue();
        assertThat(rig.removals).hasValue(1);
        rig.elsewhere().tenant("acme");
        assertThat(rig.removals).as("it is known").hasValue(1);
        others.suspend("acme", null);
        rig.elsewhere().tenant("acme");
        assertThat(rig.removals).as("another change").hasValue(1);
        others.update("acme", encrypted(false), null);
        rig.elsewhere().tenant("acme");
        assertThat(caller.grant().cipher()).isSameAs(EntryCipher.NONE);
        assertThat(rig.removals).hasValue(2);
        assertThat(List.copyOf(rig.door.grants())).containsExactly(caller.grant());
    }
}
