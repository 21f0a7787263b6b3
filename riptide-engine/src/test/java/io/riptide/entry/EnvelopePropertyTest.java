package io.riptide.entry;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.entry.Envelope.Sealed;
import io.riptide.entry.Opening.Damaged;
import io.riptide.entry.Opening.Opened;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class EnvelopePropertyTest {
    /** All that is handed to {@link Envelope#seal} but the value and the compressor. */
    record Facts(
            StoreKey at,
            String key,
            String contentType,
            List<String> tags,
            List<Long> generations,
            long created,
            long expires,
            long version) {
        Sealed seal(byte[] value, Compressor compressor) {
            Head head = new Head(key, contentType, created, expires, version, 0, 0, tags, generations);
            return Envelope.seal(at, head, value, compressor);
        }
    }

    @Property(tries = 500)
    void whatIsSealedOpens(
            @ForAll("facts") Facts facts,
            @ForAll("values") byte[] value,
            @ForAll("compressors") Compressor compressor) {
        Sealed sealed = facts.seal(value, compressor);

        assertThat(sealed.head().storedBytes()).isEqualTo(sealed.bytes().length);
        assertThat(sealed.head().valueBytes()).isEqualTo(value.length);
        Entry entry = EnvelopeTest.opened(Envelope.open(facts.at, facts.key, sealed.bytes(), Inputs.DICTIONARIES));
        assertThat(entry.toByteArray()).isEqualTo(value);
        assertThat(entry.head()).isEqualTo(sealed.head());
        assertThat(Head.parse(sealed.head().encode())).contains(sealed.head());
        assertThat(facts)
                .isEqualTo(new Facts(
                        facts.at,
                        entry.head().key(),
                        entry.head().contentType(),
                        entry.head().tags(),
                        entry.head().generations(),
                        entry.head().createdMillis(),
                        entry.head().expiresMillis(),
                        entry.head().version()));
    }

    @Property(tries = 2_000)
    void anyByteChangedIsDamage(
            @ForAll("small") Sealed sealed,
            @ForAll @IntRange(max = 1 << 20) int where,
            @ForAll @IntRange(min = 1, max = 255) int by) {
        byte[] bytes = sealed.bytes().clone();
        bytes[where % bytes.length] ^= (byte) by;

        assertDamaged(bytes);
        byte[] head = sealed.head().encode();
        head[where % head.length] ^= (byte) by;
        assertThat(Head.parse(head)).isEmpty();
    }

    @Property
    void anyTruncationIsDamage(@ForAll("small") Sealed sealed, @ForAll @IntRange(max = 1 << 20) int where) {
        byte[] bytes = sealed.bytes();

        assertDamaged(Arrays.copyOf(bytes, where % bytes.length));
        assertDamaged(Arrays.copyOfRange(bytes, 1 + where % bytes.length, bytes.length));
    }

    @Property
    void anyByteInsertedIsDamage(
            @ForAll("small") Sealed sealed, @ForAll @IntRange(max = 1 << 20) int where, @ForAll byte what) {
        assertDamaged(inserted(sealed.bytes(), where % (sealed.bytes().length + 1), what));
        byte[] head = sealed.head().encode();
        assertThat(Head.parse(inserted(head, where % (head.length + 1), what))).isEmpty();
    }

    @Property(tries = 2_000)
    void noChangeUnderARightChecksumThrowsOrGivesAnotherLength(
            @ForAll("small") Sealed sealed, @ForAll @IntRange(max = 1 << 20) int where, @ForAll byte what) {
        byte[] bytes = sealed.bytes().clone();
        bytes[where % (bytes.length - 4)] = what;

        Opening opening = Envelope.open(AT, KEY, EnvelopeTest.withRightChecksum(AT, bytes), Inputs.DICTIONARIES);

        if (opening instanceof Opened(Entry entry)) {
            assertThat(entry.size()).isEqualTo(entry.head().valueBytes());
            assertThat(entry.head().key()).isEqualTo(KEY);
            assertThat(entry.head().storedBytes()).isEqualTo(bytes.length);
        }
    }

    @Property
    void noGarbageThrows(@ForAll byte[] garbage, @ForAll("facts") Facts facts) {
        assertThat(Envelope.open(facts.at, facts.key, garbage, Inputs.DICTIONARIES))
                .isInstanceOf(Damaged.class);
        Optional<Head> head = Head.parse(garbage);
        head.ifPresent(parsed -> assertThat(parsed.encode()).isEqualTo(garbage));
    }

    private static final String KEY = "/articles/ключ";
    private static final StoreKey AT = StoreKey.of("acme", "pages", KEY);

    private static void assertDamaged(byte[] bytes) {
        assertThat(Envelope.open(AT, KEY, bytes, Inputs.DICTIONARIES)).isInstanceOf(Damaged.class);
    }

    private static byte[] inserted(byte[] bytes, int at, byte what) {
        byte[] more = new byte[bytes.length + 1];
        System.arraycopy(bytes, 0, more, 0, at);
        more[at] = what;
        System.arraycopy(bytes, at, more, at + 1, bytes.length - at);
        return more;
    }

    @Provide
    Arbitrary<Facts> facts() {
        Arbitrary<String> names =
                Arbitraries.strings().alpha().numeric().ofMinLength(1).ofMaxLength(64);
        return Combinators.combine(
                        Combinators.combine(names, names).as((tenant, namespace) -> List.of(tenant, namespace)),
                        Inputs.texts(1, StoreKey.MAX_KEY_BYTES),
                        Inputs.texts(0, Head.MAX_CONTENT_TYPE_BYTES),
                        Inputs.texts(1, Head.MAX_TAG_BYTES).list().ofMaxSize(Head.MAX_TAGS),
                        Arbitraries.longs().list().ofMaxSize(Head.MAX_GENERATIONS),
                        Arbitraries.longs(),
                        Arbitraries.longs(),
                        Arbitraries.longs())
                .as((names2, key, type, tags, generations, created, expires, version) -> new Facts(
                        StoreKey.of(names2.get(0), names2.get(1), key),
                        key,
                        type,
                        tags,
                        generations,
                        created,
                        expires,
                        version));
    }

    /** Short envelopes at {@link #AT}, so that each part of one is hit often. */
    @Provide
    Arbitrary<Sealed> small() {
        Arbitrary<byte[]> values = Combinators.combine(
                        Arbitraries.integers().between(0, 200), Arbitraries.of(0, 50, 100), Arbitraries.longs())
                .as(Inputs::mixed);
        Arbitrary<List<String>> tags = Inputs.texts(1, 8).list().ofMaxSize(3);
        return Combinators.combine(values, tags, compressors())
                .as((value, some, compressor) -> Envelope.seal(AT, small(some), value, compressor));
    }

    private static Head small(List<String> tags) {
        return new Head(KEY, "text/html", 1_000, 2_000, 3, 0, 0, tags, List.of(1L, 2L));
    }

    @Provide
    Arbitrary<byte[]> values() {
        return Inputs.values();
    }

    @Provide
    Arbitrary<Compressor> compressors() {
        return Combinators.combine(Arbitraries.of(Codec.class), Arbitraries.of(0, 1, 1_024))
                .as(Inputs::compressor);
    }
}
