package io.riptide.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.SteppedTime;
import io.riptide.grant.TenantGrant;
import io.riptide.spi.Quotas;
import io.riptide.spi.StoredDictionary;
import io.riptide.spi.TenantRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a namespace is sampled, trained and its dictionary kept longer. */
class LearnerTest {
    private static final long NOW = 1_793_491_200_000L;
    private static final long HOUR = 3_600_000;
    private static final byte[] VALUE = new byte[2048];
    private static final int STORED = 600;

    private final TenantGrant grant = new TenantGrant(
            new TenantRecord(
                    "acme",
                    "T",
                    "O",
                    "o@example.com",
                    "free",
                    TenantRecord.Status.ACTIVE,
                    null,
                    Quotas.DEFAULT,
                    "{}",
                    0,
                    0,
                    1),
            new SteppedTime());
    private final SampleRoom room = new SampleRoom();

    private Learner without() {
        return new Learner(grant, "orders", room, List.of());
    }

    private Learner with(long untilMillis) {
        return new Learner(grant, "orders", room, List.of(dictionary(7, NOW, untilMillis), dictionary(3, NOW - 1, 0)));
    }

    private static StoredDictionary dictionary(int id, long created, long until) {
        return new StoredDictionary("acme", "orders", id, created, until, new byte[0]);
    }

    /** How many bytes of values are written until it is due. */
    private static long writtenUntilDue(Learner learner, int storedBytes) {
        long written = 0;
        boolean due = false;
        while (!due && written < 10 * Learner.LAST_TRIAL_BYTES) {
            due = learner.wrote(VALUE, storedBytes, NOW + 1, NOW);
            written += VALUE.length;
        }
        learner.unqueue();
        return written;
    }

    @Test
    void withoutADictionaryTheFirstValuesAreLearnedFrom() {
        Learner learner = without();
        long first = (long) Samples.ENOUGH * VALUE.length;
        assertThat(first).isGreaterThan(Samples.FEW_BYTES);
        assertThat(writtenUntilDue(learner, STORED)).isEqualTo(first);
        assertThat(learner.trainable()).isTrue();
        assertThat(learner.drainSamples()).hasSize(Samples.ENOUGH);
    }

    @Test
    void itIsToldOnceThatItIsDueUntilItWasSeenTo() {
        Learner learner = without();
        writtenUntilDue(learner, STORED);
        assertThat(learner.wrote(VALUE, STORED, NOW, NOW)).isTrue();
        assertThat(learner.wrote(VALUE, STORED, NOW, NOW)).isFalse();
        learner.unqueue();
        assertThat(learner.wrote(VALUE, STORED, NOW, NOW)).isTrue();
    }

    @Test
    void aSuccessorIsTriedAfterManyBytesAndEachTrialThatDoesNotPayDoublesThem() {
        Learner learner = with(Long.MAX_VALUE);
        assertThat(learner.current()).isNotNull();
        assertThat(learner.current().id()).as("the newest").isEqualTo(7);
        long sampled = (long) Learner.ONE_IN * Samples.ENOUGH_BYTES;
        for (long trial = Learner.FIRST_TRIAL_BYTES; trial <= 128L << 20; trial *= 2) {
            assertThat(writtenUntilDue(learner, STORED)).isBetween(trial, trial + sampled + VALUE.length);
            assertThat(learner.trainable()).isTrue();
            learner.rest();
            assertThat(learner.trainable()).isFalse();
        }
        assertThat(room.taken()).isZero();
    }

    /** The next trial is then to come after four times as many bytes. */
    private static void restTwice(Learner learner) {
        learner.rest();
        learner.rest();
    }

    @Test
    void entriesThatBecameLargerBringTheTrialForward() {
        Learner learner = with(Long.MAX_VALUE);
        restTwice(learner);
        for (long written = 0; written < 5 * Learner.WINDOW_BYTES / 4; written += VALUE.length) {
            assertThat(learner.wrote(VALUE, STORED, NOW + 1, NOW)).isFalse();
        }
        assertThat(writtenUntilDue(learner, STORED * 12 / 10)).isLessThan(2 * Learner.FIRST_TRIAL_BYTES);
        assertThat(learner.trainable()).isTrue();
    }

    @Test
    void entriesOfAboutTheSameLengthDoNot() {
        Learner learner = with(Long.MAX_VALUE);
        restTwice(learner);
        for (long written = 0; written < 5 * Learner.WINDOW_BYTES / 4; written += VALUE.length) {
            assertThat(learner.wrote(VALUE, STORED, NOW + 1, NOW)).isFalse();
        }
        assertThat(writtenUntilDue(learner, STORED * 107 / 100)).isGreaterThan(5 * Learner.FIRST_TRIAL_BYTES / 2);
    }

    @Test
    void anEntryIsWrittenWithADictionaryOnlyWhereThatIsKeptLonger() {
        Learner learner = with(NOW + HOUR);
        assertThat(learner.fitting(NOW + HOUR - 60_000)).isNotNull();
        assertThat(learner.fitting(NOW + HOUR - 59_999)).isNull();
        assertThat(without().fitting(NOW)).isNull();
    }

    @Test
    void itIsKeptLongerInTimeAndTwiceAsLongAsEntriesLive() {
        Learner learner = with(NOW + 2 * HOUR);
        assertThat(learner.wrote(VALUE, STORED, NOW + HOUR, NOW)).isFalse();
        assertThat(learner.extension(NOW)).isZero();
        long quarter = HOUR / 4;
        assertThat(learner.extension(NOW + quarter)).isZero();
        assertThat(learner.extension(NOW + quarter + 1)).isEqualTo(NOW + quarter + 1 + 2 * HOUR);
        assertThat(learner.wrote(VALUE, STORED, NOW + quarter + 1 + HOUR, NOW + quarter + 1))
                .as("and told so")
                .isTrue();
    }

    @Test
    void oneThatIsLostIsNotUsedAndTheNextIsLearned() {
        Learner learner = with(Long.MAX_VALUE);
        learner.lost(learner.current());
        assertThat(learner.fitting(NOW)).isNull();
        assertThat(writtenUntilDue(learner, STORED)).isEqualTo((long) Samples.ENOUGH * VALUE.length);
    }

    @Test
    void onceClosedItHoldsNoSamples() {
        Learner learner = without();
        learner.wrote(VALUE, STORED, NOW, NOW);
        assertThat(room.taken()).isPositive();
        learner.close();
        learner.wrote(VALUE, STORED, NOW, NOW);
        assertThat(room.taken()).isZero();
    }
}
