package io.riptide.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class SamplesTest {
    private final SampleRoom room = new SampleRoom();

    @Test
    void takesValuesUntilThereAreEnoughOfThemAndOfTheirBytes() {
        Samples small = new Samples(room, "acme");
        int offered = 0;
        while (!small.offer(new byte[1000], Samples.ENOUGH_BYTES)) {
            offered++;
        }
        assertThat(offered + 1).isEqualTo(Math.ceilDiv(Samples.ENOUGH_BYTES, 1000));
        assertThat(small.offer(new byte[1000], Samples.ENOUGH_BYTES)).isTrue();
        assertThat(small.drain()).hasSize(offered + 1);

        Samples large = new Samples(room, "acme");
        offered = 1;
        while (!large.offer(new byte[100_000], Samples.ENOUGH_BYTES)) {
            offered++;
        }
        assertThat(offered).isEqualTo(Samples.ENOUGH);
        assertThat(room.taken()).isEqualTo((long) Samples.ENOUGH * Samples.CUT_BYTES);
        assertThat(large.drain()).allSatisfy(sample -> assertThat(sample).hasSize(Samples.CUT_BYTES));
        assertThat(room.taken()).isZero();
        assertThat(large.offer(new byte[10], Samples.ENOUGH_BYTES))
                .as("begins anew")
                .isFalse();
    }

    @Test
    void aValueThatIsNotCutIsNotCopied() {
        Samples samples = new Samples(room, "acme");
        byte[] value = new byte[Samples.CUT_BYTES];
        samples.offer(value, Samples.ENOUGH_BYTES);
        assertThat(samples.drain().getFirst()).isSameAs(value);
    }

    @Test
    void onceClosedItHoldsNothing() {
        Samples samples = new Samples(room, "acme");
        samples.offer(new byte[1000], Samples.ENOUGH_BYTES);
        samples.close();
        samples.offer(new byte[1000], Samples.ENOUGH_BYTES);
        assertThat(room.taken()).isZero();
        assertThat(samples.drain()).isEmpty();
    }

    @Test
    void allNamespacesTogetherHoldWhatThereIsRoomForAndOneTenantAQuarter() {
        List<Samples> all = new ArrayList<>();
        for (int tenant = 0; tenant < 10; tenant++) {
            for (int namespace = 0; namespace < 20; namespace++) {
                Samples samples = new Samples(room, "t" + tenant);
                for (int i = 0; i < 100; i++) {
                    samples.offer(new byte[20_000], Samples.ENOUGH_BYTES);
                }
                all.add(samples);
            }
            assertThat(room.taken())
                    .isEqualTo(Math.min((tenant + 1) * SampleRoom.MAX_TENANT_BYTES, SampleRoom.MAX_BYTES));
        }
        assertThat(all.getLast().drain()).isEmpty();
        all.forEach(Samples::close);
        assertThat(room.taken()).isZero();
        assertThat(room.take("t9", (int) SampleRoom.MAX_TENANT_BYTES)).isTrue();
        assertThat(room.take("t9", 1)).isFalse();
        assertThat(room.take("t8", 1)).isTrue();
    }

    @Test
    void whateverManyThreadsDoTheRoomIsFreeInTheEnd() {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                String tenant = "t" + i % 3;
                threads.execute(() -> {
                    for (int round = 0; round < 300; round++) {
                        Samples samples = new Samples(room, tenant);
                        for (int n = 0; n < 70; n++) {
                            samples.offer(new byte[17_000], Samples.ENOUGH_BYTES);
                        }
                        samples.close();
                    }
                });
            }
        }
        assertThat(room.taken()).isZero();
        assertThat(room.take("t0", (int) SampleRoom.MAX_TENANT_BYTES)).isTrue();
    }
}
