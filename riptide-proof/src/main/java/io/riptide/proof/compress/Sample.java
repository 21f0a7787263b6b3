package io.riptide.proof.compress;

import java.util.ArrayList;
import java.util.List;

/**
 * Values of one kind.
 *
 * @param name what they are
 * @param thresholdBytes from which length on they are compressed
 * @param first written first, so that a dictionary can be learned from them
 * @param unseen written then, and measured
 */
record Sample(String name, int thresholdBytes, List<byte[]> first, List<byte[]> unseen) {
    Sample {
        first = List.copyOf(first);
        unseen = List.copyOf(unseen);
    }

    /** Of these, every third is not seen by training. */
    static Sample split(String name, int thresholdBytes, List<byte[]> values) {
        List<byte[]> first = new ArrayList<>();
        List<byte[]> unseen = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            (i % 3 == 2 ? unseen : first).add(values.get(i));
        }
        return new Sample(name, thresholdBytes, first, unseen);
    }

    long unseenBytes() {
        return unseen.stream().mapToLong(value -> value.length).sum();
    }
}
