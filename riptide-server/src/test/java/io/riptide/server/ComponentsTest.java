package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.testkit.ManualTime;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComponentsTest {
    private final ManualTime time = new ManualTime();
    private Health found = Health.READY;
    private final Components components = new Components(() -> Health.READY, Map.of("part", () -> found), time);

    private Health now() {
        components.look();
        return components.now().get("part");
    }

    @Test
    void sinceWhenAPartDoesAsItDoesIsKept() {
        long begun = time.wallMillis();
        assertThat(now().sinceMillis()).isEqualTo(begun);
        time.advance(Duration.ofSeconds(5));
        assertThat(now().sinceMillis()).isEqualTo(begun);
        found = Health.degraded(null, "writes are refused");
        assertThat(now()).isEqualTo(new Health(Health.Status.DEGRADED, begun + 5_000, "writes are refused"));
        time.advance(Duration.ofSeconds(1));
        found = Health.degraded(null, "for another reason");
        assertThat(now()).isEqualTo(new Health(Health.Status.DEGRADED, begun + 5_000, "for another reason"));
        found = Health.READY;
        assertThat(now().sinceMillis()).isEqualTo(begun + 6_000);
    }

    @Test
    void whoAsksIsToldOfTheLastLookAndWaitsForNobody() {
        assertThat(components.now()).containsOnlyKeys("server", "part");
        found = Health.UNAVAILABLE;
        assertThat(components.now().get("part").status()).isEqualTo(Health.Status.READY);
        assertThat(now().status()).isEqualTo(Health.Status.UNAVAILABLE);
    }

    @Test
    void aPartThatCannotBeAskedIsUnavailableAndTheOthersAreLookedAt() {
        Components some = new Components(
                () -> Health.READY,
                Map.of(
                        "breaks",
                        () -> {
                            throw new IllegalStateException("it broke");
                        },
                        "works",
                        () -> Health.READY),
                time);
        some.look();
        assertThat(some.now().get("breaks").status()).isEqualTo(Health.Status.UNAVAILABLE);
        assertThat(some.now().get("works").status()).isEqualTo(Health.Status.READY);
    }

    @Test
    void aPartThatKnowsItselfIsBelieved() {
        found = Health.degraded(17L, "since long");
        assertThat(now().sinceMillis()).isEqualTo(17);
    }
}
