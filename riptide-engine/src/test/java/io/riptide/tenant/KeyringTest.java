package io.riptide.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.entry.AesGcm;
import io.riptide.entry.EntryCipher;
import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.KeyringStore;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** When a data key ends, and how sure it is that no key is used more often than it may be. */
class KeyringTest {
    private static final String MASTER = Base64.getEncoder().encodeToString(new byte[32]);
    private static final String KEY = "/a/1";
    private static final long MADE = 1_793_491_200_000L;
    private static final long CREATED = MADE - 5;

    private final KeyringStore kept = KeyringStore.inMemory();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean away;
    private final KeyringStore store = (KeyringStore) Proxy.newProxyInstance(
            KeyringStore.class.getClassLoader(), new Class<?>[] {KeyringStore.class}, (proxy, method, arguments) -> {
                asked.incrementAndGet();
                if (away) {
                    throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "It is away.")
                            .asException();
                }
                try {
                    return method.invoke(kept, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });
    private final AtomicLong now = new AtomicLong(MADE);
    private final List<String> renewals = new ArrayList<>();

    /** A process over the keys that are there. */
    private Keyring open() {
        AesGcm gcm = new AesGcm(new SecureRandom());
        Keyring keyring = Keyring.open(store, new MasterKey(MASTER, gcm), gcm, new SecureRandom(), now::get);
        keyring.onRenewal((tenant, number) -> renewals.add(tenant + " " + number));
        return keyring;
    }

    private static TenantRecord tenant() {
        return new TenantRecord(
                "acme",
                "T",
                "O",
                "o@example.com",
                "free",
                TenantRecord.Status.ACTIVE,
                null,
                new Quotas(1, 1, 1, 1),
                "{}",
                List.of(),
                true,
                CREATED,
                CREATED,
                1);
    }

    private record Row(EntryCipher by, StoreKey at, Head head, byte[] bytes) {
        /** The number stands behind the part in clear, which has no generations here. */
        int number() {
            return java.nio.ByteBuffer.wrap(bytes).getInt(42);
        }
    }

    private Row seal(EntryCipher cipher) {
        StoreKey at = cipher.storeKey("acme", "n", KEY);
        Head head = new Head(KEY, "", now.get(), now.get() + 1, 1, 0, 0, List.of(), List.of());
        return new Row(cipher, at, head, cipher.sealHead(at, head));
    }

    private static void opens(EntryCipher cipher, Row row) {
        assertThat(cipher.openHead(row.at, row.bytes)).isEqualTo(row.head);
    }

    /** What processes that are gone have taken of the newest key. */
    private void used(int number, long uses) {
        long unused = kept.reserve("acme", CREATED, number, uses);
    }

    @Test
    void afterItsLastUseAFreshKeyIsBegunAndWhatTheOldOneSealedOpens() {
        EntryCipher cipher = open().cipher(tenant());
        used(1, Ring.MOST_USES - Ring.AT_ONCE);
        Row first = seal(cipher);
        assertThat(first.number()).as("the last uses that may be taken").isEqualTo(1);
        Row afterwards = seal(open().cipher(tenant()));
        assertThat(afterwards.number()).as("nothing is left to be taken").isEqualTo(2);
        assertThat(renewals).containsExactly("acme 2");
        assertThat(seal(cipher).number())
                .as("what a process has taken it may use up")
                .isEqualTo(1);
        EntryCipher later = open().cipher(tenant());
        for (EntryCipher any : List.of(cipher, afterwards.by, later)) {
            opens(any, first);
            opens(any, afterwards);
        }
        assertThat(seal(later).number()).isEqualTo(2);
        assertThat(renewals).hasSize(1);
    }

    @Test
    void oneUseBeyondWhatMayBeTakenIsTooMany() {
        EntryCipher cipher = open().cipher(tenant());
        used(1, Ring.MOST_USES - Ring.AT_ONCE + 1);
        assertThat(seal(cipher).number()).isEqualTo(2);
    }

    @Test
    void whereUsesAreUpAndTheKeyringIsAwayNothingIsSealedButAllOpens() {
        EntryCipher cipher = open().cipher(tenant());
        Row row = seal(cipher);
        EntryCipher another = open().cipher(tenant());
        away = true;
        assertThatThrownBy(() -> seal(another))
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.STORE_UNAVAILABLE));
        opens(another, row);
        assertThat(seal(cipher).number()).as("of those that are taken").isEqualTo(1);
        away = false;
        assertThat(seal(another).number()).isEqualTo(1);
    }

    @Test
    void afterThirtyDaysAFreshKeyIsBegunOnceOverAllProcesses() {
        EntryCipher cipher = open().cipher(tenant());
        EntryCipher another = open().cipher(tenant());
        now.set(MADE + TimeUnit.DAYS.toMillis(30) - 1);
        Row old = seal(cipher);
        assertThat(old.number()).isEqualTo(1);
        now.incrementAndGet();
        assertThat(seal(cipher).number()).isEqualTo(2);
        assertThat(seal(another).number()).as("the one that is there by now").isEqualTo(2);
        assertThat(renewals).containsExactly("acme 2");
        opens(another, old);
        opens(open().cipher(tenant()), old);
        now.addAndGet(TimeUnit.DAYS.toMillis(30));
        assertThat(seal(another).number()).isEqualTo(3);
        opens(cipher, seal(another));
    }

    @Test
    void aKeyThatIsOnlyTooOldIsUsedOnWhereTheKeyringIsAwayWhichIsAskedNowAndThen() {
        EntryCipher cipher = open().cipher(tenant());
        assertThat(seal(cipher).number()).isEqualTo(1);
        now.addAndGet(TimeUnit.DAYS.toMillis(31));
        away = true;
        int before = asked.get();
        for (int i = 0; i < 100; i++) {
            assertThat(seal(cipher).number()).isEqualTo(1);
        }
        assertThat(asked.get() - before).as("writes that waited for it").isEqualTo(1);
        now.addAndGet(Ring.AGAIN_MILLIS);
        assertThat(seal(cipher).number()).isEqualTo(1);
        assertThat(asked.get() - before).isEqualTo(2);
        away = false;
        assertThat(seal(cipher).number()).isEqualTo(1);
        now.addAndGet(Ring.AGAIN_MILLIS);
        assertThat(seal(cipher).number()).isEqualTo(2);
    }

    @Test
    void aClockThatGoesBackNeitherRenewsNorRefuses() {
        EntryCipher cipher = open().cipher(tenant());
        now.addAndGet(-TimeUnit.DAYS.toMillis(365));
        assertThat(seal(cipher).number()).isEqualTo(1);
        assertThat(renewals).isEmpty();
    }

    private Ring process() {
        AesGcm gcm = new AesGcm(new SecureRandom());
        Keyring keyring = Keyring.open(store, new MasterKey(MASTER, gcm), gcm, new SecureRandom(), now::get);
        return new Ring(keyring, Objects.requireNonNull(kept.ring("acme")), gcm);
    }

    /** All that three processes may still take of a key, by threads of each at once: not one use more of it is made. */
    @Test
    void manyWritersOfManyProcessesUseAKeyAsOftenAsItMayBeAndNotOnceMore() throws Exception {
        assertThat(open().cipher(tenant()).encrypts()).isTrue();
        used(1, Ring.MOST_USES - 3 * Ring.AT_ONCE);
        AtomicLongArray made = new AtomicLongArray(4);
        try (ExecutorService writers = Executors.newFixedThreadPool(6)) {
            for (int i = 0; i < 3; i++) {
                Ring ring = process();
                for (int thread = 0; thread < 2; thread++) {
                    writers.execute(() -> {
                        long uses = Ring.AT_ONCE;
                        for (long use = 0; use < uses; use++) {
                            made.incrementAndGet(ring.toSealWith(MADE).number());
                        }
                    });
                }
            }
        }
        assertThat(made.get(1)).isPositive().isLessThanOrEqualTo(3 * Ring.AT_ONCE);
        assertThat(made.get(1) + made.get(2)).isEqualTo(6 * Ring.AT_ONCE);
        assertThat(kept.reserve("acme", CREATED, 1, 0)).isGreaterThanOrEqualTo(Ring.MOST_USES);
    }

    /** However often processes end without a word, uses that were made are among those that were counted. */
    @Property(tries = 50)
    void usesAreCountedBeforeTheyAreMade(@ForAll long seed) {
        KeyringTest fresh = new KeyringTest();
        assertThat(fresh.open().cipher(tenant()).encrypts()).isTrue();
        fresh.used(1, Ring.MOST_USES - 5 * Ring.AT_ONCE);
        Random random = new Random(seed);
        long[] made = new long[8];
        Ring ring = fresh.process();
        for (int i = 0; i < 200; i++) {
            if (random.nextInt(20) == 0) {
                ring = fresh.process();
            }
            int uses = random.nextInt(10) == 0 ? (int) Ring.AT_ONCE / 4 : random.nextInt(10);
            for (int use = 0; use < uses; use++) {
                made[ring.toSealWith(MADE).number()]++;
            }
        }
        assertThat(Ring.MOST_USES - 5 * Ring.AT_ONCE + made[1]).isLessThanOrEqualTo(Ring.MOST_USES);
        for (int number = 2;
                number <= Objects.requireNonNull(fresh.kept.ring("acme")).keys().size();
                number++) {
            assertThat(made[number]).isLessThanOrEqualTo(fresh.kept.reserve("acme", CREATED, number, 0));
        }
    }
}
