package io.riptide.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.riptide.entry.AesGcm;
import io.riptide.entry.DataKey;
import io.riptide.entry.EntryCipher;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.KeyWrapper;
import io.riptide.spi.KeyringStore;
import io.riptide.spi.KeyringStore.WrappedKey;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whose keys are known, found, made, switched off, destroyed, and asked for how often. */
class KeysOfTenantsTest {
    private static final long MADE = 1_793_491_200_000L;

    private final AesGcm gcm = new AesGcm(new SecureRandom());
    private final KeyringStore kept = KeyringStore.inMemory();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicLong now = new AtomicLong(MADE);
    private final KeyringStore store = (KeyringStore) Proxy.newProxyInstance(
            KeyringStore.class.getClassLoader(), new Class<?>[] {KeyringStore.class}, (proxy, method, arguments) -> {
                asked.incrementAndGet();
                try {
                    return method.invoke(kept, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });

    private Keyring open(@Nullable KeyWrapper wrapper) {
        return Keyring.open(store, wrapper, gcm, new SecureRandom(), now::get);
    }

    private Keyring open() {
        return open(master(0));
    }

    private MasterKey master(int first) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) first;
        return new MasterKey(Base64.getEncoder().encodeToString(bytes), gcm);
    }

    private static TenantRecord tenant(String id, boolean encrypted, long created) {
        Quotas quotas = new Quotas(1, 1, 1, 1);
        TenantRecord.Status active = TenantRecord.Status.ACTIVE;
        return new TenantRecord(
                id, "T", "O", "o@e.x", "free", active, null, quotas, "{}", List.of(), encrypted, created, created, 1);
    }

    private static TenantRecord acme(boolean encrypted) {
        return tenant("acme", encrypted, MADE);
    }

    private static void refused(ThrowingCallable call, ProblemCode code) {
        assertThat(Objects.requireNonNull(catchThrowableOfType(RipTideException.class, call))
                        .problem()
                        .code())
                .isEqualTo(code);
    }

    private KeyringStore.Ring ring() {
        return Objects.requireNonNull(kept.ring("acme"));
    }

    /** Has the tenant's keys made by a process that is gone. */
    private void begun() {
        assertThat(open().cipher(acme(true)).encrypts()).isTrue();
    }

    @Test
    void keysThatAreThereAtTheStartAreKnownWithoutAsking() {
        begun();
        Keyring keyring = open();
        int before = asked.get();
        EntryCipher cipher = keyring.of("acme");
        assertThat(cipher.encrypts()).isTrue();
        assertThat(keyring.find("acme")).isSameAs(cipher);
        assertThat(keyring.cipher(acme(true))).isSameAs(cipher);
        assertThat(keyring.of("nobody")).isSameAs(EntryCipher.NONE);
        assertThat(asked).hasValue(before);
    }

    @Test
    void moreTenantsThanAPageHoldsAreAllKnownAtTheStart() {
        Keyring first = open();
        for (int i = 0; i < 1_001; i++) {
            assertThat(first.cipher(tenant("t" + i, true, MADE)).encrypts()).isTrue();
        }
        asked.set(0);
        Keyring keyring = open();
        assertThat(asked).as("pages").hasValue(2);
        for (int i = 0; i < 1_001; i++) {
            assertThat(keyring.of("t" + i).encrypts()).isTrue();
        }
    }

    @Test
    void keysOfAnotherProcessAreFoundAndWhatIsNotThereIsAskedForOnceASecond() {
        Keyring keyring = open();
        asked.set(0);
        for (int i = 0; i < 10; i++) {
            assertThat(keyring.find("acme")).isSameAs(EntryCipher.NONE);
        }
        assertThat(asked).hasValue(1);
        begun();
        asked.set(0);
        now.addAndGet(999);
        assertThat(keyring.find("acme")).isSameAs(EntryCipher.NONE);
        assertThat(asked).hasValue(0);
        now.incrementAndGet();
        EntryCipher found = keyring.find("acme");
        assertThat(found.encrypts()).isTrue();
        assertThat(keyring.find("acme")).isSameAs(found);
        assertThat(asked).hasValue(1);
    }

    @Test
    void ofIdsThatNobodyHasTenThousandAreRememberedAtMost() {
        Keyring keyring = open();
        asked.set(0);
        for (int i = 0; i < 10_000; i++) {
            assertThat(keyring.find("t" + i)).isSameAs(EntryCipher.NONE);
        }
        assertThat(keyring.find("t0")).isSameAs(EntryCipher.NONE);
        assertThat(asked).as("each once").hasValue(10_000);
        assertThat(keyring.find("one more")).isSameAs(EntryCipher.NONE);
        assertThat(keyring.find("t0")).isSameAs(EntryCipher.NONE);
        assertThat(asked).as("all were forgotten").hasValue(10_002);
        assertThat(keyring.find("one more")).isSameAs(EntryCipher.NONE);
        assertThat(asked).hasValue(10_002);
    }

    @Test
    void withoutAMasterKeyNothingIsAskedForNorMade() {
        Keyring keyring = open(null);
        asked.set(0);
        assertThat(keyring.canEncrypt()).isFalse();
        assertThat(open().canEncrypt()).isTrue();
        asked.set(0);
        assertThat(keyring.find("acme")).isSameAs(EntryCipher.NONE);
        assertThat(asked).hasValue(0);
        refused(() -> keyring.cipher(acme(true)), ProblemCode.STORE_UNAVAILABLE);
        assertThat(keyring.cipher(acme(false))).isSameAs(EntryCipher.NONE);
    }

    @Test
    void aStartWithoutTheMasterKeyIsRefusedOnlyWhereATenantIsEncrypted() {
        begun();
        refused(() -> open(null), ProblemCode.CONFIG_INVALID);
        assertThat(open().cipher(acme(false))).isSameAs(EntryCipher.NONE);
        assertThat(open(null).of("acme")).isSameAs(EntryCipher.NONE);
    }

    @Test
    void aMasterKeyThatDoesNotOpenTheKeysIsRefusedByItsName() {
        begun();
        refused(() -> open(master(1)), ProblemCode.CONFIG_INVALID);
        KeyWrapper shorter = new KeyWrapper() {
            @Override
            public byte[] wrap(String tenantId, byte[] key) {
                return key;
            }

            @Override
            public byte[] unwrap(String tenantId, byte[] wrapped) {
                return new byte[DataKey.BYTES - 1];
            }
        };
        refused(() -> open(shorter), ProblemCode.CONFIG_INVALID);
    }

    @Test
    void whoIsSwitchedOffIsReadOnWithItsKeysAndWrittenInClear() {
        Keyring keyring = open();
        EntryCipher cipher = keyring.cipher(acme(true));
        assertThat(keyring.of("acme")).isSameAs(cipher);
        assertThat(keyring.cipher(acme(false))).isSameAs(EntryCipher.NONE);
        assertThat(ring().active()).isFalse();
        assertThat(keyring.of("acme")).isSameAs(EntryCipher.NONE);
        assertThat(keyring.find("acme")).as("what lies there opens").isSameAs(cipher);
        asked.set(0);
        assertThat(keyring.cipher(acme(false))).isSameAs(EntryCipher.NONE);
        assertThat(asked).as("it is off already").hasValue(0);
        refused(() -> keyring.rotate(acme(false)), ProblemCode.CONFLICT);
    }

    @Test
    void whoIsSwitchedOnAgainHasAFreshDataKey() {
        Keyring keyring = open();
        EntryCipher cipher = keyring.cipher(acme(true));
        assertThat(ring().newest().number()).isEqualTo(1);
        assertThat(keyring.cipher(acme(false))).isSameAs(EntryCipher.NONE);
        assertThat(keyring.cipher(acme(true))).isSameAs(cipher);
        assertThat(keyring.of("acme")).isSameAs(cipher);
        assertThat(ring().active()).isTrue();
        assertThat(ring().newest().number()).isEqualTo(2);
        assertThat(keyring.rotate(acme(true))).isEqualTo(3);
    }

    @Test
    void anotherTenantOfTheSameIdHasKeysOfItsOwn() {
        Keyring keyring = open();
        EntryCipher old = keyring.cipher(acme(true));
        TenantRecord later = tenant("acme", true, MADE + 1);
        EntryCipher next = keyring.cipher(later);
        assertThat(next.encrypts()).isTrue();
        assertThat(next).isNotSameAs(old);
        assertThat(keyring.of("acme")).isSameAs(next);
        assertThat(ring().tenantCreatedMillis()).isEqualTo(MADE + 1);
        assertThat(keyring.cipher(later)).isSameAs(next);
    }

    @Test
    void noTwoKeysAreAlikeNorEmpty() {
        Keyring keyring = open();
        for (String id : List.of("acme", "globex")) {
            assertThat(keyring.cipher(tenant(id, true, MADE)).encrypts()).isTrue();
            assertThat(keyring.rotate(tenant(id, true, MADE))).isEqualTo(2);
        }
        Set<String> keys = new HashSet<>();
        keys.add(HexFormat.of().formatHex(new byte[DataKey.BYTES]));
        for (KeyringStore.Ring ring : kept.rings(null, 10)) {
            List<byte[]> wrapped = new ArrayList<>(List.of(ring.nameSecret()));
            ring.keys().forEach(key -> wrapped.add(key.bytes()));
            wrapped.forEach(key -> keys.add(HexFormat.of().formatHex(master(0).unwrap(ring.tenantId(), key))));
        }
        assertThat(keys).hasSize(1 + 2 * 3);
    }

    @Test
    void whoRenewsOrLooksUpKeepsNobodyWaiting() throws Exception {
        begun();
        Ring ring = process();
        Ring another = process();
        assertThat(ring.renew()).isEqualTo(2);
        assertThat(CompletableFuture.supplyAsync(ring::renew).get(30, TimeUnit.SECONDS))
                .isEqualTo(3);
        assertThat(another.byNumber(3)).isNotNull();
        assertThat(CompletableFuture.supplyAsync(another::renew).get(30, TimeUnit.SECONDS))
                .isEqualTo(4);
    }

    @Test
    void keysThatAreKeptAreTakenUpAndNotMadeAnew() {
        Keyring keyring = open();
        begun();
        byte[] secret = ring().nameSecret();
        assertThat(keyring.cipher(acme(true)).encrypts()).isTrue();
        assertThat(ring().nameSecret()).isEqualTo(secret);
        assertThat(ring().keys()).hasSize(1);
    }

    @Test
    void destroyedKeysAreGoneHereAndInTheStoreForgottenOnesHereAlone() {
        Keyring keyring = open();
        EntryCipher cipher = keyring.cipher(acme(true));
        keyring.forget("acme");
        assertThat(keyring.of("acme")).isSameAs(EntryCipher.NONE);
        assertThat(keyring.find("acme").encrypts()).isTrue();
        assertThat(keyring.find("acme")).isNotSameAs(cipher);
        keyring.destroy("acme");
        assertThat(kept.ring("acme")).isNull();
        assertThat(keyring.of("acme")).isSameAs(EntryCipher.NONE);
        assertThat(keyring.find("acme")).isSameAs(EntryCipher.NONE);
    }

    private Ring process() {
        return new Ring(open(), ring(), gcm);
    }

    @Test
    void dataKeysOfAnotherProcessAreFoundByNumberAndOthersAskedForOnceInTenSeconds() {
        begun();
        Ring ring = process();
        Ring another = process();
        asked.set(0);
        assertThat(Objects.requireNonNull(ring.byNumber(1)).number()).isEqualTo(1);
        assertThat(asked).as("its own").hasValue(0);
        assertThat(ring.byNumber(2)).isNull();
        assertThat(ring.byNumber(2)).isNull();
        assertThat(asked).hasValue(1);
        assertThat(another.renew()).isEqualTo(2);
        asked.set(0);
        now.addAndGet(9_999);
        assertThat(ring.byNumber(2)).isNull();
        assertThat(asked).hasValue(0);
        now.incrementAndGet();
        assertThat(Objects.requireNonNull(ring.byNumber(2)).number()).isEqualTo(2);
        assertThat(ring.toSealWith(now.get()).number())
                .as("the newest seals from here on")
                .isEqualTo(2);
    }

    @Test
    void ofNumbersThatNoKeyHas64AreRememberedAtMost() {
        begun();
        Ring ring = process();
        asked.set(0);
        for (int number = 101; number <= 164; number++) {
            assertThat(ring.byNumber(number)).isNull();
        }
        assertThat(ring.byNumber(101)).isNull();
        assertThat(asked).hasValue(64);
        assertThat(ring.byNumber(165)).isNull();
        assertThat(ring.byNumber(101)).isNull();
        assertThat(asked).as("all were forgotten").hasValue(66);
    }

    @Test
    void theKeysOfAnotherTenantOfTheIdAreNotTakenForItsOwn() {
        begun();
        Ring ring = process();
        Keyring keyring = open();
        TenantRecord later = tenant("acme", true, MADE + 1);
        assertThat(keyring.cipher(later).encrypts()).isTrue();
        assertThat(keyring.rotate(later)).isEqualTo(2);
        assertThat(ring.byNumber(2)).isNull();
    }

    @Test
    void whereTheKeysAreGoneNothingIsSealedNorRenewed() {
        begun();
        Ring ring = process();
        kept.destroy("acme");
        refused(() -> ring.toSealWith(MADE), ProblemCode.STORE_UNAVAILABLE);
        refused(ring::renew, ProblemCode.STORE_UNAVAILABLE);
        assertThat(ring.byNumber(2)).isNull();
        assertThat(ring.byNumber(1)).as("what it has it opens with").isNotNull();
    }

    @Test
    void whoListensHearsOfKeysThatNobodyAskedForAlone() {
        begun();
        Keyring keyring = open();
        List<String> heard = new ArrayList<>();
        keyring.onRenewal((id, number) -> heard.add(id + " " + number));
        assertThat(keyring.rotate(acme(true))).isEqualTo(2);
        assertThat(heard).isEmpty();
        Ring ring = new Ring(keyring, ring(), gcm);
        assertThat(ring.toSealWith(MADE + Ring.MOST_MILLIS).number()).isEqualTo(3);
        assertThat(heard).containsExactly("acme 3");
        WrappedKey made = ring().newest();
        assertThat(made.createdMillis()).isEqualTo(MADE);
    }
}
