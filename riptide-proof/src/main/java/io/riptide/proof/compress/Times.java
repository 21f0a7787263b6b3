package io.riptide.proof.compress;

import io.riptide.entry.Codec;
import io.riptide.entry.Compressor;
import io.riptide.entry.Dictionary;
import io.riptide.entry.DictionarySource;
import io.riptide.entry.Envelope;
import io.riptide.entry.Head;
import io.riptide.entry.Opening;
import io.riptide.entry.StoreKey;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** How long sealing and opening an envelope takes with a codec: the best of several rounds of one thread. */
final class Times {
    private static final int ROUNDS = 12;
    private static final long ROUND_NANOS = 200_000_000;
    private static final StoreKey AT = StoreKey.of("bench", "values", "k");
    private static final Head HEAD = new Head("k", "application/json", 1, 2, 3, 0, 0, List.of(), List.of());

    private final List<byte[]> values;
    private final Dictionary dictionary;

    /** Of these values, and with that dictionary. */
    Times(List<byte[]> values, Dictionary dictionary) {
        this.values = values;
        this.dictionary = dictionary;
    }

    /** In nanoseconds for each value. */
    record Taken(String codec, long sealNanos, long openNanos) {}

    List<Taken> measure() {
        List<Taken> all = new ArrayList<>();
        all.add(measure("none", Compressor.NONE));
        all.add(measure("lz4", new Compressor(Codec.LZ4, 0)));
        all.add(measure("zstd", new Compressor(Codec.ZSTD, 0)));
        all.add(measure("zstd_dictionary", new Compressor(Codec.ZSTD, 0).with(dictionary)));
        return all;
    }

    private Taken measure(String name, Compressor compressor) {
        List<byte[]> envelopes = values.stream()
                .map(value -> Envelope.seal(AT, HEAD, value, compressor).bytes())
                .toList();
        DictionarySource source = id -> id == dictionary.id() ? dictionary : null;
        long seal = best(i -> {
            if (Envelope.seal(AT, HEAD, values.get(i), compressor).bytes().length == 0) {
                throw new IllegalStateException("nothing was sealed");
            }
        });
        long open = best(i -> {
            if (!(Envelope.open(AT, "k", envelopes.get(i), source) instanceof Opening.Opened)) {
                throw new IllegalStateException("an envelope did not open");
            }
        });
        return new Taken(name, seal, open);
    }

    private long best(IntConsumer call) {
        long best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long begun = System.nanoTime();
            long calls = 0;
            long taken = 0;
            while (taken < ROUND_NANOS) {
                for (int i = 0; i < values.size(); i++) {
                    call.accept(i);
                }
                calls += values.size();
                taken = System.nanoTime() - begun;
            }
            best = Math.min(best, taken / calls);
        }
        return best;
    }
}
