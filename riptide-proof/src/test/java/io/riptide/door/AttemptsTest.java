package io.riptide.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.testkit.ManualTime;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Whose refused credentials count together. */
class AttemptsTest {
    private static final int PER_MINUTE = 300;

    private final ManualTime time = new ManualTime();
    private final Attempts attempts = new Attempts(time);
    private final RipTideException refusal =
            Problem.of(ProblemCode.UNAUTHENTICATED, "No credential.").asException();

    private Problem refused(InetAddress from) {
        return attempts.refused(from, refusal).problem();
    }

    private ProblemCode refused(String from) throws UnknownHostException {
        return refused(InetAddress.getByName(from)).code();
    }

    private void exhaust(String from) throws UnknownHostException {
        for (int i = 0; i < PER_MINUTE; i++) {
            assertThat(refused(from)).isEqualTo(ProblemCode.UNAUTHENTICATED);
        }
        assertThat(refused(from)).isEqualTo(ProblemCode.QUOTA_EXCEEDED);
    }

    @Test
    void anAddressIsToldHowLongToWaitAndThenAnsweredAgain() throws UnknownHostException {
        exhaust("192.0.2.1");
        Problem told = refused(InetAddress.getByName("192.0.2.1"));
        assertThat(told.values())
                .containsEntry("resource", "refused_credentials")
                .containsEntry("limit", 300L);
        long wait = (Long) told.values().get("retry_after_seconds");
        assertThat(wait).isBetween(1L, 60L);
        time.advance(Duration.ofSeconds(wait));
        assertThat(refused("192.0.2.1")).isEqualTo(ProblemCode.UNAUTHENTICATED);
    }

    @Test
    void addressesOfIpv4CountEachForItself() throws UnknownHostException {
        exhaust("192.0.2.1");
        assertThat(refused("192.0.2.2")).isEqualTo(ProblemCode.UNAUTHENTICATED);
        assertThat(refused("192.0.3.1")).isEqualTo(ProblemCode.UNAUTHENTICATED);
    }

    @Test
    void addressesOfIpv6CountByTheirFirst64Bits() throws UnknownHostException {
        for (int i = 0; i < PER_MINUTE; i++) {
            assertThat(refused("2001:db8:0:1:" + Integer.toHexString(i) + ":2:3:4"))
                    .isEqualTo(ProblemCode.UNAUTHENTICATED);
        }
        assertThat(refused("2001:db8:0:1:ffff:ffff:ffff:ffff")).isEqualTo(ProblemCode.QUOTA_EXCEEDED);
        assertThat(refused("2001:db8:0:2::1")).as("the next network").isEqualTo(ProblemCode.UNAUTHENTICATED);
        assertThat(refused("2001:db8::1")).isEqualTo(ProblemCode.UNAUTHENTICATED);
    }

    @Test
    void anAddressOfIpv4InsideOneOfIpv6IsThatOfIpv4() throws UnknownHostException {
        exhaust("192.0.2.1");
        assertThat(refused("::ffff:192.0.2.1")).isEqualTo(ProblemCode.QUOTA_EXCEEDED);
        assertThat(refused("::ffff:192.0.2.2"))
                .as("its first 64 bits are those of all of them, and lock nobody else out")
                .isEqualTo(ProblemCode.UNAUTHENTICATED);
        exhaust("::ffff:198.51.100.7");
        assertThat(refused("198.51.100.7")).isEqualTo(ProblemCode.QUOTA_EXCEEDED);
    }

    @Test
    void whereNoAddressIsKnownNothingCounts() {
        for (int i = 0; i < 2 * PER_MINUTE; i++) {
            assertThat(attempts.refused(null, refusal)).isSameAs(refusal);
        }
    }
}
