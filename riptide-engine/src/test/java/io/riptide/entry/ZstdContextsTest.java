package io.riptide.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ZstdContextsTest {
    private static final int ROOM = 1 << 20;

    private final ZstdContexts contexts = new ZstdContexts();

    @Test
    void makesAWorkSpaceWhereNoneIsKeptAndUsesItAgain() {
        for (int i = 0; i < 3; i++) {
            assertThat(comesBack(Inputs.mixed(10_000, 50, i))).isTrue();
        }
    }

    @Test
    void aFailedCallLeavesNothingBehind() {
        byte[] value = Inputs.mixed(10_000, 50, 1);
        byte[] payload = new byte[ROOM];
        int length = contexts.shrink(value, payload, null);
        byte[] back = new byte[value.length];

        assertThat(contexts.expand(payload, 0, length / 2, back, null)).isFalse();
        assertThat(contexts.expand(payload, 1, length - 1, back, null)).isFalse();
        assertThat(contexts.expand(payload, 0, length, new byte[value.length - 1], null))
                .isFalse();
        assertThat(contexts.expand(payload, 0, length, back, null)).isTrue();
        assertThat(back).isEqualTo(value);
    }

    @Test
    void moreCallsAtOnceThanAreKeptDoNotWaitForEachOther() throws InterruptedException {
        int calls = 64;
        CountDownLatch start = new CountDownLatch(calls);
        AtomicInteger whole = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(calls)) {
            for (int i = 0; i < calls; i++) {
                byte[] value = Inputs.mixed(200_000 + i, 50, i);
                threads.execute(() -> {
                    start.countDown();
                    try {
                        start.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    for (int round = 0; round < 3; round++) {
                        if (comesBack(value)) {
                            whole.incrementAndGet();
                        }
                    }
                });
            }
        }
        assertThat(whole).hasValue(calls * 3);
    }

    private boolean comesBack(byte[] value) {
        byte[] payload = new byte[ROOM];
        int length = contexts.shrink(value, payload, null);
        byte[] back = new byte[value.length];
        return contexts.expand(payload, 0, length, back, null) && Arrays.equals(back, value);
    }
}
