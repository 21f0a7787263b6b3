package io.riptide.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.quota.Breaches.Resource;
import org.junit.jupiter.api.Test;

class BreachesTest {
    private final Breaches breaches = new Breaches();

    @Test
    void eachQuotaIsCountedForItselfAndWhatIsInShadowApart() {
        breaches.count(Resource.OPERATIONS, false);
        breaches.count(Resource.OPERATIONS, false);
        breaches.count(Resource.STORAGE, false);
        breaches.count(Resource.STORAGE, true);
        assertThat(breaches.count(Resource.OPERATIONS)).isEqualTo(2);
        assertThat(breaches.count(Resource.STORAGE)).isEqualTo(1);
        assertThat(breaches.inShadow(Resource.OPERATIONS)).isZero();
        assertThat(breaches.inShadow(Resource.STORAGE)).isEqualTo(1);
        assertThat(breaches.refused())
                .as("of both, and none that was let through")
                .isEqualTo(3);
    }

    @Test
    void whatWasRefusedSinceIsToldOnce() {
        breaches.count(Resource.OPERATIONS, false);
        breaches.count(Resource.STORAGE, false);
        assertThat(breaches.refusedSince()).isEqualTo(2);
        assertThat(breaches.refusedSince()).isZero();
        breaches.count(Resource.STORAGE, false);
        breaches.count(Resource.STORAGE, true);
        assertThat(breaches.refusedSince()).isEqualTo(1);
    }

    @Test
    void theyAreNamedAsInHttp() {
        assertThat(Resource.OPERATIONS.text()).isEqualTo("operations_per_minute");
        assertThat(Resource.STORAGE.text()).isEqualTo("storage_bytes");
    }
}
