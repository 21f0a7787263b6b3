package io.riptide.proof.model;

import io.riptide.quota.Allowance;
import io.riptide.testkit.ManualTime;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The token bucket is atomic: however threads call it, the answers are those of some order of the calls. */
@Tag("lincheck")
class AllowanceLincheckTest {
    private static final int LIMIT = 5;

    @Test
    void everyOrderOfStepsIsAnOrderOfCalls() {
        new ModelCheckingOptions()
                .iterations(10)
                .invocationsPerIteration(200)
                .threads(2)
                .actorsPerThread(3)
                .sequentialSpecification(Bucket.class)
                .check(Checked.class);
    }

    @Test
    void underStressTheAnswersAreThoseOfSomeOrder() {
        new StressOptions()
                .iterations(5)
                .invocationsPerIteration(200)
                .threads(3)
                .actorsPerThread(3)
                .sequentialSpecification(Bucket.class)
                .check(Checked.class);
    }

    /** What is checked: taking, giving back, looking. */
    @Param(name = "permits", gen = IntGen.class, conf = "1:3")
    public static class Checked {
        private final Allowance allowance = new Allowance(LIMIT, new ManualTime());

        @Operation
        public boolean take(@Param(name = "permits") int permits) {
            return allowance.take(permits) == 0;
        }

        @Operation
        public void giveBackOne() {
            allowance.giveBack(1);
        }

        @Operation
        public long remaining() {
            return allowance.probe().remaining();
        }
    }

    /** The bucket as one would write it for one thread, in a minute that does not pass. */
    public static class Bucket {
        private int left = LIMIT;

        public boolean take(int permits) {
            if (permits > left) {
                return false;
            }
            left -= permits;
            return true;
        }

        public void giveBackOne() {
            left = Math.min(LIMIT, left + 1);
        }

        public long remaining() {
            return left;
        }
    }
}
