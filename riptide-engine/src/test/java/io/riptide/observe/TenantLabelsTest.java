package io.riptide.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TenantLabelsTest {
    private final TenantLabels<StringBuilder> labels = new TenantLabels<>(2, StringBuilder::new);

    @Test
    void theFirstToComeAreNamedAndStaySo() {
        StringBuilder a = labels.name("a");
        assertThat(a).hasToString("a");
        assertThat(labels.name("b")).hasToString("b");
        assertThat(labels.name("c")).isSameAs(labels.others()).hasToString("_other");
        assertThat(labels.name("a")).isSameAs(a).isSameAs(labels.find("a"));
        assertThat(labels.find("c")).isNull();
        assertThat(labels.named()).hasSize(2);
    }

    @Test
    void whoIsForgottenMakesRoom() {
        labels.name("a");
        labels.name("b");
        assertThat(labels.forget("a")).hasToString("a");
        assertThat(labels.forget("a")).isNull();
        assertThat(labels.name("c")).hasToString("c");
        List<StringBuilder> forgotten =
                labels.forgetWhere(kept -> kept.toString().equals("b"));
        assertThat(forgotten).singleElement().hasToString("b");
        assertThat(labels.name("d")).hasToString("d");
    }

    @Test
    void aTenantCalledLikeTheOthersIsOneOfThem() {
        assertThat(labels.name(TenantLabels.OTHER)).isSameAs(labels.others());
        assertThat(labels.named()).isEmpty();
    }

    @Test
    void manyAtOnceAreNoMoreThanThereIsRoomFor() throws InterruptedException {
        TenantLabels<String> few = new TenantLabels<>(5, label -> label);
        Set<String> seen = ConcurrentHashMap.newKeySet();
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            IntStream.range(0, 8)
                    .forEach(t -> threads.submit(() -> {
                        start.await();
                        IntStream.range(0, 200).forEach(i -> seen.add(few.name("t" + (i + t) % 50)));
                        return null;
                    }));
            start.countDown();
        }
        assertThat(seen).hasSize(6).contains(TenantLabels.OTHER);
        assertThat(few.named()).hasSize(5);
    }
}
