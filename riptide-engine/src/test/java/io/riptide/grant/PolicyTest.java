package io.riptide.grant;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.riptide.spi.AccessPolicy;
import io.riptide.spi.AccessPolicy.Effect;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Compiled policies decide as the text of each statement says. */
class PolicyTest {
    private static AccessPolicy allow(String action, String... resources) {
        return new AccessPolicy(Effect.ALLOW, List.of(action), List.of(resources));
    }

    private static AccessPolicy deny(String action, String... resources) {
        return new AccessPolicy(Effect.DENY, List.of(action), List.of(resources));
    }

    private static Policy of(AccessPolicy... policies) {
        return Objects.requireNonNull(Policy.of(List.of(policies)));
    }

    private static boolean reads(Policy policy, String namespace, @Nullable String key) {
        return policy.allows(Action.CACHE_READ, Area.CACHE, namespace, key);
    }

    @Test
    void without_policies_there_is_nothing_to_ask() {
        assertThat(Policy.of(List.of())).isNull();
    }

    @Test
    void what_nothing_matches_is_refused_and_denying_beats_allowing_in_whatever_order() {
        for (Policy policy : List.of(
                of(allow("cache:read", "cache/a/*"), deny("*", "cache/a/secret*")),
                of(deny("*", "cache/a/secret*"), allow("cache:read", "cache/a/*")))) {
            assertThat(reads(policy, "a", "open")).isTrue();
            assertThat(reads(policy, "a", "secret-1")).isFalse();
            assertThat(reads(policy, "b", "open")).isFalse();
            assertThat(policy.allows(Action.CACHE_WRITE, Area.CACHE, "a", "open"))
                    .isFalse();
        }
    }

    @Test
    void a_namespace_is_not_its_keys_and_a_key_is_not_its_namespace() {
        assertThat(reads(of(allow("cache:read", "cache/a")), "a", null)).isTrue();
        assertThat(reads(of(allow("cache:read", "cache/a")), "a", "k")).isFalse();
        assertThat(reads(of(allow("cache:read", "cache/a/*")), "a", null)).isFalse();
        assertThat(reads(of(allow("cache:read", "cache/a/*")), "ab", "k")).isFalse();
        assertThat(reads(of(allow("cache:read", "cache/a*")), "ab", "k")).isTrue();
        assertThat(reads(of(allow("cache:read", "*")), "ab", "k")).isTrue();
    }

    @Test
    void slashes_in_a_key_belong_to_it() {
        assertThat(reads(of(allow("cache:read", "cache/a/b/c")), "a", "b/c")).isTrue();
        assertThat(reads(of(allow("cache:read", "cache/a/b")), "a", "b/c")).isFalse();
        assertThat(reads(of(deny("*", "cache/a/b/*"), allow("*", "*")), "a", "b/c"))
                .isFalse();
    }

    @Test
    void hosts_are_compared_in_lower_case() {
        Policy policy = of(allow("web:fetch", "web/Example.COM"));
        assertThat(policy.allows(Action.WEB_FETCH, Area.WEB, "example.com", null))
                .isTrue();
        assertThat(policy.allows(Action.WEB_FETCH, Area.WEB, "example.com.evil.org", null))
                .isFalse();
        assertThat(policy.allows(Action.WEB_FETCH, Area.WEB, "sub.example.com", null))
                .isFalse();
    }

    @Test
    void a_host_that_is_asked_for_as_text_is_compared_as_checks_compare_it() {
        Policy policy = of(allow("web:fetch", "web/Example.COM", "cache/Notes"));
        assertThat(policy.deciding(Action.WEB_FETCH, "web/example.com")).isZero();
        assertThat(policy.deciding(Action.WEB_FETCH, "web/EXAMPLE.com")).isZero();
        assertThat(policy.deciding(Action.WEB_FETCH, "web/EXAMPLE.org")).isEqualTo(Policy.NO_MATCH);
        assertThat(policy.deciding(Action.WEB_FETCH, "cache/Notes")).isZero();
        assertThat(policy.deciding(Action.WEB_FETCH, "cache/notes"))
                .as("names that are no hosts are as they are written")
                .isEqualTo(Policy.NO_MATCH);
    }

    @Test
    void checks_allocate_nothing() {
        Policy policy = of(
                allow("cache:read", "cache/a*", "cache/bb/some-key", "web/*.example.com"),
                allow("*", "web/Example.com", "usage"),
                deny("cache:read", "cache/a/secret*", "cache/c/*"));
        int first = checks(policy);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        int last = 0;
        for (int i = 0; i < ROUNDS; i++) {
            last = checks(policy);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(last).isEqualTo(first).isEqualTo(0b1011001);
        // The least object is of 16 bytes: one for each hundredth round would show.
        assertThat(allocated).isLessThan(ROUNDS / 100 * 16);
    }

    private static final int ROUNDS = 100_000;

    /** Checks of each kind, and how they came out, a bit each. */
    private static int checks(Policy policy) {
        int bits = bit(policy.allows(Action.CACHE_READ, Area.CACHE, "a", "open"));
        bits = bits << 1 | bit(policy.allows(Action.CACHE_READ, Area.CACHE, "a", "secret-1"));
        bits = bits << 1 | bit(policy.allows(Action.CACHE_READ, Area.CACHE, "bb", "some-key"));
        bits = bits << 1 | bit(policy.allows(Action.WEB_FETCH, Area.WEB, "example.com", null));
        bits = bits << 1 | bit(policy.allows(Action.CACHE_WRITE, Area.CACHE, "a", "open"));
        bits = bits << 1 | bit(policy.denies(Action.CACHE_READ, "d", "k"));
        return bits << 1 | bit(policy.denyingWithin(Action.CACHE_READ, "a") != Policy.NO_MATCH);
    }

    private static int bit(boolean set) {
        return set ? 1 : 0;
    }

    @Test
    void a_denial_of_some_keys_is_found_for_their_namespace() {
        assertThat(of(deny("cache:delete", "cache/a/keep*")).denyingWithin(Action.CACHE_DELETE, "a"))
                .isZero();
        assertThat(of(deny("cache:delete", "cache/a/x")).denyingWithin(Action.CACHE_DELETE, "a"))
                .isZero();
        assertThat(of(deny("cache:delete", "cache/*")).denyingWithin(Action.CACHE_DELETE, "a"))
                .isZero();
        assertThat(of(deny("cache:delete", "cache/a/*")).denyingWithin(Action.CACHE_DELETE, "a"))
                .isZero();
        for (String other : List.of("cache/a", "cache/b/*", "cache/ab*", "web/*")) {
            assertThat(of(deny("cache:delete", other)).denyingWithin(Action.CACHE_DELETE, "a"))
                    .as(other)
                    .isEqualTo(Policy.NO_MATCH);
        }
        assertThat(of(deny("cache:read", "cache/a/*")).denyingWithin(Action.CACHE_DELETE, "a"))
                .isEqualTo(Policy.NO_MATCH);
        Policy second = of(allow("*", "cache/a/*"), deny("cache:delete", "cache/a/k"));
        assertThat(second.denyingWithin(Action.CACHE_DELETE, "a")).isOne();
        assertThat(second.denies(Action.CACHE_DELETE, "a", "k")).isTrue();
        assertThat(second.denies(Action.CACHE_DELETE, "a", "kk")).isFalse();
        assertThat(second.denies(Action.CACHE_READ, "a", "k")).isFalse();
        assertThat(of(deny("cache:delete", "cache/a/")).denyingWithin(Action.CACHE_DELETE, "a"))
                .as("no key is empty")
                .isEqualTo(Policy.NO_MATCH);
    }

    @Provide
    Arbitrary<AccessPolicy> policies() {
        Arbitrary<String> action = Arbitraries.of("cache:read", "cache:write", "*");
        Arbitrary<String> resource = Arbitraries.of(
                "*",
                "c*",
                "cache/*",
                "cache/a",
                "cache/a*",
                "cache/a/*",
                "cache/a/b",
                "cache/a/b*",
                "cache/a/b/c",
                "cache/ab/*",
                "cache/ab",
                "web/a",
                "usage");
        return Combinators.combine(
                        Arbitraries.of(Effect.values()),
                        action.list().ofMinSize(1).ofMaxSize(2),
                        resource.list().ofMinSize(1).ofMaxSize(3))
                .as(AccessPolicy::new);
    }

    @Provide
    Arbitrary<List<AccessPolicy>> some() {
        return policies().list().ofMinSize(1).ofMaxSize(4);
    }

    @Property(tries = 2000)
    void it_decides_as_the_texts_put_together_do(@ForAll("some") List<AccessPolicy> policies) {
        Policy compiled = Objects.requireNonNull(Policy.of(policies));
        for (String namespace : List.of("a", "ab", "b")) {
            for (String key : List.of("", "b", "bc", "b/c", "c", "a/b")) {
                String whole = "cache/" + namespace + (key.isEmpty() ? "" : "/" + key);
                boolean expected = said(policies, whole, Effect.ALLOW) && !said(policies, whole, Effect.DENY);
                assertThat(reads(compiled, namespace, key.isEmpty() ? null : key))
                        .as(whole + " by " + policies)
                        .isEqualTo(expected);
                int at = compiled.deciding(Action.CACHE_READ, whole);
                assertThat(at != Policy.NO_MATCH && policies.get(at).effect() == Effect.ALLOW)
                        .isEqualTo(expected);
                if (!key.isEmpty() && compiled.denies(Action.CACHE_READ, namespace, key)) {
                    assertThat(compiled.denyingWithin(Action.CACHE_READ, namespace))
                            .isNotNegative();
                }
            }
        }
    }

    private static boolean said(List<AccessPolicy> policies, String whole, Effect effect) {
        return policies.stream()
                .filter(policy -> policy.effect() == effect)
                .filter(policy -> policy.actions().contains("cache:read")
                        || policy.actions().contains("*"))
                .flatMap(policy -> policy.resources().stream())
                .anyMatch(resource -> resource.endsWith("*")
                        ? whole.startsWith(resource.substring(0, resource.length() - 1))
                        : whole.equals(resource));
    }
}
