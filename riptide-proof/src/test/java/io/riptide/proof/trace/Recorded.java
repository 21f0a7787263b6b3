package io.riptide.proof.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Small traces for tests. */
final class Recorded {
    private Recorded() {}

    /** Of these keys, each with a value of one byte. */
    static Trace of(int... keys) {
        Trace.Recorder recorder = new Trace.Recorder(keys.length);
        for (int key : keys) {
            recorder.add(0, key, 1);
        }
        return recorder.trace("small", "");
    }

    /** The first so many keys of a pattern. */
    static List<Long> first(int many, LongSupplier pattern) {
        List<Long> keys = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            keys.add(pattern.getAsLong());
        }
        return keys;
    }

    /** Which requests a policy answered, as H and M. */
    static String hits(Trace trace, Policy policy) {
        StringBuilder hits = new StringBuilder();
        for (int at = 0; at < trace.length(); at++) {
            hits.append(policy.request(at) ? 'H' : 'M');
        }
        return hits.toString();
    }
}
