package io.riptide.entry;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Inputs that the properties of this room share. */
final class Inputs {
    /** Trained on records of tides. */
    static final Dictionary DICTIONARY = Dictionary.train(
                    IntStream.range(0, 400).mapToObj(Inputs::record).toList())
            .orElseThrow();

    /** Knows that one. */
    static final DictionarySource DICTIONARIES = id -> id == DICTIONARY.id() ? DICTIONARY : null;

    private Inputs() {}

    /** One with that codec; where it needs a dictionary, with ours. */
    static Compressor compressor(Codec codec, int thresholdBytes) {
        return codec == Codec.ZSTD_DICTIONARY
                ? new Compressor(Codec.ZSTD, thresholdBytes).with(DICTIONARY)
                : new Compressor(codec, thresholdBytes);
    }

    /** A record of about 400 bytes, of the kind on which the dictionary was trained. */
    static byte[] record(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder("{\"station\":{\"id\":").append(random.nextInt(1_000_000));
        text.append(",\"operator\":\"harbour authority\"},\"tides\":[");
        for (int i = 0; i < 6; i++) {
            text.append(i == 0 ? "" : ",").append("{\"kind\":\"").append(random.nextBoolean() ? "high" : "low");
            text.append("\",\"height_cm\":").append(random.nextInt(900));
            text.append(",\"minute\":").append(random.nextInt(1440)).append('}');
        }
        return text.append("],\"source\":\"prediction\"}").toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Well-formed text without NUL, of bytes in UTF-8 between the bounds. */
    static Arbitrary<String> texts(int minBytes, int maxBytes) {
        Arbitrary<String> narrow =
                Arbitraries.strings().ascii().excludeChars('\0').ofMaxLength(maxBytes);
        Arbitrary<String> wide = Arbitraries.integers()
                .between(1, Character.MAX_CODE_POINT)
                .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
                .list()
                .ofMaxSize(Math.min(40, maxBytes / 4))
                .map(points -> points.stream()
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString());
        return Arbitraries.oneOf(narrow, wide).filter(text -> text.getBytes(StandardCharsets.UTF_8).length >= minBytes);
    }

    /** Values from nothing to 100 KiB: random, one byte repeated, and both mixed. */
    static Arbitrary<byte[]> values() {
        Arbitrary<Integer> lengths = Arbitraries.integers().between(0, 100 << 10);
        Arbitrary<Integer> randomPercents = Arbitraries.of(0, 5, 50, 85, 90, 95, 100);
        return Combinators.combine(lengths, randomPercents, Arbitraries.longs()).as(Inputs::mixed);
    }

    /** A value whose first part is random, so that no codec shortens it, and whose rest is one byte repeated. */
    static byte[] mixed(int length, int randomPercent, long seed) {
        byte[] value = new byte[length];
        byte[] random = new byte[(int) (length * (long) randomPercent / 100)];
        new SplittableRandom(seed).nextBytes(random);
        Arrays.fill(value, (byte) seed);
        System.arraycopy(random, 0, value, 0, random.length);
        return value;
    }
}
