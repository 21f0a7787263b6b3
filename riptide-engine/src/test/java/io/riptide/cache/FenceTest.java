package io.riptide.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FenceTest {
    private final Fence fence = new Fence();
    private final L1Key key = Keys.key("n", "k");

    @Test
    void aStampIsValidWhileNobodyWrites() {
        long stamp = fence.stamp(key);
        assertThat(fence.valid(key, stamp)).isTrue();
    }

    @Test
    void aWriteThatBeganAfterTheStampEndsIt() {
        long stamp = fence.stamp(key);
        fence.begin(key);
        assertThat(fence.valid(key, stamp)).isFalse();
        fence.end(key);
        assertThat(fence.valid(key, stamp)).isFalse();
    }

    @Test
    void aStampTakenWhileAWriteIsUnderWayIsNeverValid() {
        fence.begin(key);
        long during = fence.stamp(key);
        assertThat(fence.valid(key, during)).isFalse();
        fence.end(key);
        assertThat(fence.valid(key, during)).isFalse();
        assertThat(fence.valid(key, fence.stamp(key))).isTrue();
    }

    @Test
    void aWriteThatPassedEndsWhatWasStampedBeforeIt() {
        long before = fence.stamp(key);
        fence.pass(key);
        assertThat(fence.valid(key, before)).isFalse();
        assertThat(fence.valid(key, fence.stamp(key))).isTrue();
    }

    @Test
    void everyWriterOfACellHasToEnd() {
        fence.begin(key);
        fence.begin(key);
        fence.end(key);
        assertThat(fence.valid(key, fence.stamp(key))).isFalse();
        fence.end(key);
        assertThat(fence.valid(key, fence.stamp(key))).isTrue();
    }

    @Test
    void keysOfOtherCellsDoNotDisturb() {
        long stamp = fence.stamp(key);
        int disturbed = 0;
        for (int i = 0; i < 64; i++) {
            L1Key other = Keys.key("n", "other" + i);
            fence.begin(other);
            fence.end(other);
            if (!fence.valid(key, stamp)) {
                disturbed++;
                stamp = fence.stamp(key);
            }
        }
        assertThat(disturbed).isZero();
    }
}
