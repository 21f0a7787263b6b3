package io.riptide.proof.encryption;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.RipTide;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.config.ConfigLoader;
import io.riptide.config.ConfigOutcome;
import io.riptide.config.PersistenceConfig;
import io.riptide.door.TenantCaller;
import io.riptide.entry.AesGcm;
import io.riptide.entry.Compressor;
import io.riptide.entry.Envelope;
import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import io.riptide.spi.KeyringStore;
import io.riptide.spi.Removal;
import io.riptide.tenant.Keyring;
import io.riptide.tenant.MasterKey;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/**
 * Somebody who can write to the store, but has no key, and makes every checksum right: whatever they do, a read gives
 * what was written under its own key, or nothing. What does not open is counted and removed.
 */
abstract class Tampering {
    static final PersistenceConfig CONFIG = ((ConfigOutcome.Valid)
                    new ConfigLoader(Map.of()).load(List.of(), List.of("persistence.cache.enable_compression=false")))
            .config();

    private static final String MASTER = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final PutOptions OPTIONS = PutOptions.ttl(Duration.ofHours(1))
            .keepStale(Duration.ofHours(1))
            .contentType("text/x")
            .tags("red");
    /** Every third bit: three is prime to eight, so that all places in a byte have their turn. */
    private static final int STEP = 3;

    /** Where the end of its life lies in an envelope, and in a head that lies alone. */
    private static final int END_IN_HEAD = 9;

    private static final int END_IN_ENVELOPE = 10 + END_IN_HEAD;
    private static final int CHECKSUM_BYTES = 4;

    private final KeyringStore keys = KeyringStore.inMemory();
    private final Map<String, String> apiKeys = new HashMap<>();

    /** An entry as it lies in the store: what the store itself put before it, its head, its envelope. */
    record Row(byte[] front, byte[] head, byte[] envelope) {
        /** The same with the checksums that belong to another place. */
        Row movedTo(StoreKey at) {
            return new Row(front, head, checked(envelope.clone(), at.bytes()));
        }
    }

    /** The store's bytes as they are, while nothing of ours has it open. */
    interface Raw {
        Map<StoreKey, Row> rows();

        void put(StoreKey at, Row row);

        /** What the store itself would put before these, where it had put that before others. */
        default byte[] front(byte[] front, byte[] head, byte[] envelope) {
            return front;
        }
    }

    /** A process over the store. */
    abstract RipTide open(Keyring keyring);

    abstract void tamper(BiConsumer<Raw, Map<StoreKey, Row>> how);

    private RipTide open() {
        AesGcm gcm = new AesGcm(new SecureRandom());
        return open(Keyring.open(keys, new MasterKey(MASTER, gcm), gcm, new SecureRandom(), System::currentTimeMillis));
    }

    private TenantCaller tenant(RipTide riptide, String id) {
        String apiKey = apiKeys.computeIfAbsent(
                id,
                fresh -> riptide.tenants()
                        .create(new NewTenant(
                                fresh,
                                "T",
                                "O",
                                "o@example.com",
                                "free",
                                new QuotaPatch(null, 1_000_000L, null, null),
                                null,
                                null,
                                true))
                        .key()
                        .apiKey());
        return riptide.door().tenant(apiKey, null);
    }

    private StoreKey at(TenantCaller caller, String namespace, String key) {
        return caller.grant().cipher().storeKey(caller.grant().tenantId(), namespace, key);
    }

    private static void put(TenantCaller caller, String namespace, String key, String value) {
        var unused = caller.cache().namespace(namespace).put(key, value.getBytes(StandardCharsets.UTF_8), OPTIONS);
    }

    private static String own(TenantCaller caller, String namespace, String key) {
        return "of " + caller.grant().tenantId() + " " + namespace + " " + key;
    }

    private static String read(TenantCaller caller, String namespace, String key) {
        return switch (caller.cache().namespace(namespace).get(key)) {
            case Lookup.Hit hit -> new String(hit.entry().toByteArray(), StandardCharsets.UTF_8);
            case Lookup.Miss miss -> miss.cause().name();
            case Lookup.Stale stale -> throw new AssertionError(stale);
        };
    }

    private static long damaged(TenantCaller caller) {
        return caller.cache().stats().missesBy().get("damaged");
    }

    private static List<String> listed(TenantCaller caller, String namespace) {
        return caller.cache().namespace(namespace).list(1000, null).heads().stream()
                .map(Head::key)
                .toList();
    }

    private static byte[] checked(byte[] bytes, byte[] before) {
        CRC32C crc = new CRC32C();
        crc.update(before);
        crc.update(bytes, 0, bytes.length - CHECKSUM_BYTES);
        ByteBuffer.wrap(bytes).putInt(bytes.length - CHECKSUM_BYTES, (int) crc.getValue());
        return bytes;
    }

    private static byte[] flipped(byte[] bytes, int bit) {
        byte[] copy = bytes.clone();
        copy[bit / 8] ^= (byte) (1 << bit % 8);
        return copy;
    }

    private static boolean isEnd(int bit, int at) {
        return bit / 8 >= at && bit / 8 < at + Long.BYTES;
    }

    private void gone(List<StoreKey> places) {
        tamper((raw, rows) -> assertThat(rows).doesNotContainKeys(places.toArray(StoreKey[]::new)));
    }

    /** As many entries as bits that are flipped: each has another one flipped, and is read. */
    @Test
    void whateverBitOfAnEnvelopeIsFlippedItIsItsOwnOrAMissThatIsCounted() {
        Map<String, StoreKey> places = new HashMap<>();
        int[] bits = new int[1];
        written("e", places);
        tamper((raw, rows) -> {
            for (int i = 0; i < places.size(); i++) {
                StoreKey at = places.get("e" + i);
                Row row = rows.get(at);
                bits[0] = row.envelope.length * 8;
                int bit = i * STEP % bits[0];
                byte[] bytes = flipped(row.envelope, bit);
                boolean ofChecksum = bit / 8 >= bytes.length - CHECKSUM_BYTES;
                raw.put(at, new Row(row.front, row.head, ofChecksum ? bytes : checked(bytes, at.bytes())));
            }
        });
        assertThat(places.size() * STEP).as("all of it is covered").isGreaterThan(bits[0]);
        List<StoreKey> damaged = new ArrayList<>();
        try (RipTide riptide = open()) {
            TenantCaller acme = tenant(riptide, "acme");
            for (int i = 0; i < places.size(); i++) {
                String found = read(acme, "n", "e" + i);
                if (isEnd(i * STEP % bits[0], END_IN_ENVELOPE)) {
                    // Who can write there can end an entry sooner, as by deleting it.
                    assertThat(found).isIn(own(acme, "n", "e" + i), "DAMAGED", "EXPIRED");
                } else {
                    assertThat(found).as("bit %d", i * STEP % bits[0]).isEqualTo("DAMAGED");
                }
                if (found.equals("DAMAGED")) {
                    damaged.add(places.get("e" + i));
                }
            }
            assertThat(damaged(acme)).isEqualTo(damaged.size());
            assertThat(acme.cache().stats().entries()).isEqualTo(places.size() - damaged.size());
        }
        gone(damaged);
    }

    private void written(String prefix, Map<String, StoreKey> places) {
        try (RipTide riptide = open()) {
            TenantCaller acme = tenant(riptide, "acme");
            int count = 500;
            for (int i = 0; i < count; i++) {
                put(acme, "n", prefix + i, own(acme, "n", prefix + i));
                places.put(prefix + i, at(acme, "n", prefix + i));
            }
        }
    }

    @Test
    void whateverBitOfAHeadIsFlippedAListingHasItsOwnOrNothing() {
        Map<String, StoreKey> places = new HashMap<>();
        written("h", places);
        tamper((raw, rows) -> places.forEach((key, at) -> {
            Row row = rows.get(at);
            int bit = Integer.parseInt(key.substring(1)) * STEP % (row.head.length * 8);
            raw.put(at, new Row(row.front, checked(flipped(row.head, bit), new byte[0]), row.envelope));
        }));
        try (RipTide riptide = open()) {
            TenantCaller acme = tenant(riptide, "acme");
            Namespace namespace = acme.cache().namespace("n");
            assertThat(namespace.list(1000, null).heads()).allSatisfy(head -> {
                assertThat(places).containsKey(head.key());
                assertThat(head.contentType()).isEqualTo("text/x");
                assertThat(head.tags()).containsExactly("red");
            });
            places.keySet().forEach(key -> assertThat(read(acme, "n", key)).isEqualTo(own(acme, "n", key)));
            // Whatever its head is, an entry can be written over and removed.
            for (int i = 0; i < 100; i++) {
                put(acme, "n", "h" + i, "new");
                assertThat(read(acme, "n", "h" + i)).isEqualTo("new");
            }
            var unused = namespace.removeAll(Removal.Mode.REMOVE);
            places.keySet().forEach(key -> assertThat(read(acme, "n", key)).isNotEqualTo(own(acme, "n", key)));
            assertThat(listed(acme, "n")).isEmpty();
            assertThat(acme.cache().stats().entries()).isZero();
            assertThat(acme.cache().stats().storageBytes()).isZero();
        }
    }

    @Test
    void whateverBitOfWhatTheStorePutsBeforeItIsFlippedItIsItsOwnOrAMiss() {
        Map<String, StoreKey> places = new HashMap<>();
        written("f", places);
        tamper((raw, rows) -> places.forEach((key, at) -> {
            Row row = rows.get(at);
            if (row.front.length > 0) {
                int bit = Integer.parseInt(key.substring(1)) % (row.front.length * 8);
                raw.put(at, new Row(flipped(row.front, bit), row.head, row.envelope));
            }
        }));
        try (RipTide riptide = open()) {
            TenantCaller acme = tenant(riptide, "acme");
            assertThat(listed(acme, "n")).isSubsetOf(places.keySet());
            long misses = 0;
            for (String key : places.keySet()) {
                String found = read(acme, "n", key);
                assertThat(found).isIn(own(acme, "n", key), "DAMAGED");
                misses += found.equals("DAMAGED") ? 1 : 0;
            }
            assertThat(damaged(acme)).isEqualTo(misses);
        }
    }

    @Test
    void swappedBetweenKeysNamespacesAndTenantsNeitherOpens() {
        List<StoreKey> all = new ArrayList<>();
        try (RipTide riptide = open()) {
            TenantCaller acme = tenant(riptide, "acme");
            TenantCaller bank = tenant(riptide, "bank");
            for (String key : List.of("a", "b", "c", "d", "k", "kept")) {
                put(acme, "n", key, own(acme, "n", key));
                put(acme, "m", key, own(acme, "m", key));
                put(bank, "n", key, own(bank, "n", key));
            }
            all.addAll(List.of(at(acme, "n", "a"), at(acme, "n", "b")));
            all.addAll(List.of(at(acme, "n", "c"), at(acme, "m", "c")));
            all.addAll(List.of(at(acme, "n", "k"), at(bank, "n", "k")));
            all.addAll(List.of(at(acme, "n", "d"), at(bank, "n", "d")));
        }
        tamper((raw, rows) -> {
            for (int i = 0; i < all.size(); i += 2) {
                StoreKey one = all.get(i);
                StoreKey other = all.get(i + 1);
                Row first = rows.get(one);
                Row second = rows.get(other);
                // Of the last pair the envelopes alone, under heads that are right.
                boolean whole = i < all.size() - 2;
                Row there = second.movedTo(one);
                Row here = first.movedTo(other);
                raw.put(one, whole ? there : new Row(first.front, first.head, there.envelope));
                raw.put(other, whole ? here : new Row(second.front, second.head, here.envelope));
            }
        });
        try (RipTide riptide = open()) {
            TenantCaller acme = tenant(riptide, "acme");
            TenantCaller bank = tenant(riptide, "bank");
            assertThat(listed(acme, "n")).containsExactlyInAnyOrder("d", "kept");
            for (String key : List.of("a", "b", "c", "k", "d")) {
                assertThat(read(acme, "n", key)).as(key).isEqualTo("DAMAGED");
            }
            assertThat(read(acme, "m", "c")).isEqualTo("DAMAGED");
            assertThat(read(bank, "n", "k")).isEqualTo("DAMAGED");
            assertThat(read(bank, "n", "d")).isEqualTo("DAMAGED");
            assertThat(damaged(acme)).isEqualTo(6);
            assertThat(damaged(bank)).isEqualTo(2);
            for (TenantCaller caller : List.of(acme, bank)) {
                assertThat(read(caller, "n", "kept")).isEqualTo(own(caller, "n", "kept"));
            }
            assertThat(listed(acme, "n")).containsExactly("kept");
            put(acme, "n", "a", "new");
            assertThat(read(acme, "n", "a")).isEqualTo("new");
        }
        gone(all.subList(1, all.size()));
    }

    @Test
    void anOlderRowThatWasRemovedIsItsOwnOrNothing() {
        List<StoreKey> places = new ArrayList<>();
        try (RipTide riptide = open()) {
            TenantCaller acme = tenant(riptide, "acme");
            for (String key : List.of("written", "removed")) {
                put(acme, "n", key, own(acme, "n", key));
                places.add(at(acme, "n", key));
            }
        }
        Map<StoreKey, Row> older = new HashMap<>();
        tamper((raw, rows) -> older.putAll(rows));
        try (RipTide riptide = open()) {
            TenantCaller acme = tenant(riptide, "acme");
            assertThat(acme.cache().removeTagged("red", Removal.Mode.REMOVE).entries())
                    .isEqualTo(2);
            put(acme, "n", "written", "anew");
        }
        tamper((raw, rows) -> places.forEach(at -> raw.put(at, older.get(at))));
        try (RipTide riptide = open()) {
            TenantCaller acme = tenant(riptide, "acme");
            // Who opens the store later does not remember a removal that was worked off.
            for (String key : List.of("written", "removed")) {
                assertThat(read(acme, "n", key)).isIn(own(acme, "n", key), "REMOVED");
            }
        }
    }

    @Test
    void anOlderRowOpensUntilItsEnd() {
        List<StoreKey> place = new ArrayList<>();
        try (RipTide riptide = open()) {
            TenantCaller acme = tenant(riptide, "acme");
            put(acme, "n", "k", "first");
            place.add(at(acme, "n", "k"));
        }
        Map<StoreKey, Row> older = new HashMap<>();
        tamper((raw, rows) -> older.putAll(rows));
        try (RipTide riptide = open()) {
            TenantCaller acme = tenant(riptide, "acme");
            put(acme, "n", "k", "second");
            assertThat(riptide.tenants().rotateDataKey("acme")).isEqualTo(2);
        }
        tamper((raw, rows) -> raw.put(place.getFirst(), older.get(place.getFirst())));
        try (RipTide riptide = open()) {
            TenantCaller acme = tenant(riptide, "acme");
            assertThat(read(acme, "n", "k")).as("as the docs have it").isEqualTo("first");
            assertThat(damaged(acme)).isZero();
            put(acme, "n", "k", "third");
            assertThat(read(acme, "n", "k")).isEqualTo("third");
        }
    }

    @Test
    void bytesInClearInItsPlaceAreNotTaken() {
        List<StoreKey> place = new ArrayList<>();
        try (RipTide riptide = open()) {
            TenantCaller acme = tenant(riptide, "acme");
            put(acme, "n", "k", own(acme, "n", "k"));
            place.add(at(acme, "n", "k"));
        }
        tamper((raw, rows) -> {
            StoreKey at = place.getFirst();
            long now = System.currentTimeMillis();
            Head head = new Head("k", "text/x", now, now + 3_600_000, 1, 0, 0, List.of(), List.of());
            Envelope.Sealed forged =
                    Envelope.seal(at, head, "forged".getBytes(StandardCharsets.UTF_8), Compressor.NONE);
            byte[] row = forged.head().encode();
            raw.put(at, new Row(raw.front(rows.get(at).front, row, forged.bytes()), row, forged.bytes()));
        });
        try (RipTide riptide = open()) {
            TenantCaller acme = tenant(riptide, "acme");
            assertThat(listed(acme, "n")).isEmpty();
            assertThat(read(acme, "n", "k")).isEqualTo("DAMAGED");
            assertThat(damaged(acme)).isEqualTo(1);
        }
        gone(place);
    }
}
