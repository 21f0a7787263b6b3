package io.riptide.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadThreadsTest {
    @Test
    void soManyRunAtOnceAndAnEndedOneMakesRoom() {
        Deque<Runnable> running = new ArrayDeque<>();
        LoadThreads loads = new LoadThreads(running::add);
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < LoadThreads.MAX; i++) {
            assertThat(loads.start(ran::incrementAndGet)).isTrue();
        }
        assertThat(loads.start(ran::incrementAndGet)).isFalse();
        running.remove().run();
        assertThat(loads.start(ran::incrementAndGet)).isTrue();
        assertThat(ran).hasValue(1);
    }

    @Test
    void aLoadThatThrowsMakesRoomToo() {
        Deque<Runnable> running = new ArrayDeque<>();
        LoadThreads loads = new LoadThreads(running::add);
        for (int i = 0; i < LoadThreads.MAX; i++) {
            assertThat(loads.start(() -> {
                        throw new IllegalStateException("broken");
                    }))
                    .isTrue();
        }
        assertThatThrownBy(running.remove()::run).hasMessage("broken");
        assertThat(loads.start(() -> {})).isTrue();
    }

    @Test
    void threadsThatTakeNothingAnyMoreLeaveTheirRoom() {
        LoadThreads loads = new LoadThreads(task -> {
            throw new RejectedExecutionException("closed");
        });
        for (int i = 0; i <= LoadThreads.MAX; i++) {
            assertThat(loads.start(() -> {})).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-1S", "PT0.000001S", "PT1H0.001S"})
    void aTimeoutOutsideItsBoundsIsRefused(Duration timeout) {
        assertThatThrownBy(() -> LoadOptions.DEFAULT.hardTimeout(timeout))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: 0, or 1 ms to 1 h");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 91})
    void anEarlyRefreshOutsideItsBoundsIsRefused(int percent) {
        assertThatThrownBy(() -> LoadOptions.DEFAULT.earlyRefreshPercent(percent))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: 0 to 90");
    }
}
