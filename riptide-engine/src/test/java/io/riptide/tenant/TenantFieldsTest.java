package io.riptide.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.riptide.grant.Action;
import io.riptide.problem.FieldError;
import io.riptide.problem.RipTideException;
import io.riptide.spi.AccessPolicy;
import io.riptide.spi.AccessPolicy.Effect;
import io.riptide.tenant.TenantManager.QuotaPatch;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The last value that is taken of each field, and the first that is not. */
class TenantFieldsTest {
    /** What is said of the fields that are checked so: each with its message. */
    private static List<String> said(Consumer<TenantFields> check) {
        TenantFields fields = new TenantFields();
        check.accept(fields);
        RipTideException refused = catchThrowableOfType(RipTideException.class, fields::refuse);
        return refused == null
                ? List.of()
                : refused.problem().errors().stream()
                        .map(error -> error.field() + ": " + error.message())
                        .toList();
    }

    private static List<String> wrong(Consumer<TenantFields> check) {
        TenantFields fields = new TenantFields();
        check.accept(fields);
        RipTideException refused = Objects.requireNonNull(catchThrowableOfType(RipTideException.class, fields::refuse));
        return refused.problem().errors().stream().map(FieldError::field).toList();
    }

    @Test
    void quotasReachFromTheirLeastToTheirMost() {
        QuotaPatch least = new QuotaPatch(0L, 1L, 0L, 0L);
        QuotaPatch most = new QuotaPatch(1L << 50, 1_000_000_000L, 1L << 50, 1_000_000_000L);
        assertThat(said(fields -> fields.quotas(least))).isEmpty();
        assertThat(said(fields -> fields.quotas(most))).isEmpty();
        assertThat(said(fields -> fields.quotas(QuotaPatch.NONE))).isEmpty();
        assertThat(said(fields -> fields.quotas(new QuotaPatch(-1L, 0L, -1L, -1L))))
                .containsExactly(
                        "quotas.memory_bytes: -1 (expected: 0 to 1125899906842624)",
                        "quotas.operations_per_minute: 0 (expected: 1 to 1000000000)",
                        "quotas.storage_bytes: -1 (expected: 0 to 1125899906842624)",
                        "quotas.active_sessions: -1 (expected: 0 to 1000000000)");
        QuotaPatch more = new QuotaPatch((1L << 50) + 1, 1_000_000_001L, (1L << 50) + 1, 1_000_000_001L);
        assertThat(wrong(fields -> fields.quotas(more))).hasSize(4);
    }

    @Test
    void aKeyLivesFromASecondToTenYears() {
        Duration tenYears = Duration.ofDays(3_650);
        for (Duration good : List.of(Duration.ofSeconds(1), tenYears)) {
            assertThat(said(fields -> fields.expiry(good))).isEmpty();
        }
        assertThat(said(fields -> fields.expiry(null))).isEmpty();
        for (Duration bad : List.of(Duration.ofMillis(999), tenYears.plusMillis(1), Duration.ofSeconds(-1))) {
            assertThat(wrong(fields -> fields.expiry(bad))).containsExactly("expires_in_seconds");
        }
    }

    @Test
    void anOverlapReachesFromNothingToTenYears() {
        Duration tenYears = Duration.ofDays(3_650);
        for (Duration good : List.of(Duration.ZERO, tenYears)) {
            assertThat(said(fields -> fields.overlap(good))).isEmpty();
        }
        for (Duration bad : List.of(Duration.ofMillis(-1), tenYears.plusMillis(1))) {
            assertThat(wrong(fields -> fields.overlap(bad))).containsExactly("overlap_seconds");
        }
    }

    @Test
    void whatIsMissingIsSaidToBe() {
        assertThat(said(fields -> fields.needed("name", null))).containsExactly("name: missing (expected: a text)");
        assertThat(said(fields -> fields.needed("name", "x"))).isEmpty();
        assertThat(said(fields -> fields.text("name", null, 3))).isEmpty();
        assertThat(said(fields -> fields.email(null))).isEmpty();
        assertThat(said(fields -> fields.plan(null, Set.of("free")))).isEmpty();
        assertThat(said(fields -> fields.id(null))).isEmpty();
        assertThat(said(fields -> fields.settings(null))).isEmpty();
        assertThat(said(fields -> fields.policies(null))).isEmpty();
    }

    @Test
    void aTextHasAsManyCharactersAsItMayAndWhatIsEchoedOfItIsCut() {
        assertThat(said(fields -> fields.text("name", "abc", 3))).isEmpty();
        assertThat(said(fields -> fields.text("name", "abcd", 3)))
                .containsExactly("name: abcd (expected: 1 to 3 printable characters)");
        String as = "a".repeat(64);
        assertThat(said(fields -> fields.text("name", as, 3)))
                .containsExactly("name: " + as + " (expected: 1 to 3 printable characters)");
        assertThat(said(fields -> fields.text("name", as + "a", 3)))
                .containsExactly("name: " + as + "… (expected: 1 to 3 printable characters)");
        assertThat(said(fields -> fields.text("name", "a\u0007", 3)))
                .containsExactly("name: a\ufffd (expected: 1 to 3 printable characters)");
    }

    @Test
    void encryptionNeedsAMasterKeyWhereItIsWanted() {
        assertThat(wrong(fields -> fields.encryption(true, false))).containsExactly("encryption_enabled");
        assertThat(said(fields -> fields.encryption(true, true))).isEmpty();
        assertThat(said(fields -> fields.encryption(false, false))).isEmpty();
    }

    @Test
    void settingsAreMeasuredInBytesAndHaveNoHalfCharacters() {
        String most = "{\"a\":\"" + "é".repeat(((64 << 10) - 8) / 2) + "\"}";
        assertThat(said(fields -> fields.settings(most))).isEmpty();
        assertThat(said(fields -> fields.settings(most + " ")))
                .containsExactly("settings: too long (expected: at most 65536 bytes of JSON)");
        assertThat(said(fields -> fields.settings("{\"a\":\"\ud800\"}")))
                .containsExactly("settings: not valid (expected: a JSON object)");
    }

    private static List<String> ofPolicies(List<String> actions, List<String> resources) {
        return said(fields -> fields.policies(List.of(new AccessPolicy(Effect.ALLOW, actions, resources))));
    }

    @Test
    void policiesAreAsManyAsTheyMayBe() {
        AccessPolicy one = new AccessPolicy(Effect.DENY, List.of("*"), List.of("usage"));
        assertThat(said(fields -> fields.policies(List.of()))).isEmpty();
        assertThat(said(fields -> fields.policies(Collections.nCopies(100, one))))
                .isEmpty();
        assertThat(said(fields -> fields.policies(Collections.nCopies(101, one))))
                .containsExactly("access_policies: 101 of them (expected: at most 100)");
    }

    @Test
    void aPolicyNamesFromOneToAllActions() {
        int all = Action.values().length;
        List<String> usage = List.of("usage");
        assertThat(ofPolicies(Collections.nCopies(all, "*"), usage)).isEmpty();
        assertThat(ofPolicies(List.of(), usage))
                .containsExactly("access_policies[0].actions: 0 of them (expected: 1 to " + all + ")");
        assertThat(ofPolicies(Collections.nCopies(all + 1, "eat"), usage))
                .as("how many they are, and what is wrong with as many as there may be")
                .hasSize(1 + all)
                .contains("access_policies[0].actions: " + (all + 1) + " of them (expected: 1 to " + all + ")");
        assertThat(ofPolicies(List.of("cache:read", "eat"), usage))
                .singleElement()
                .asString()
                .startsWith("access_policies[0].actions[1]: eat (expected: cache:read, ");
    }

    @Test
    void aPolicyNamesFromOneToAHundredResources() {
        List<String> any = List.of("*");
        assertThat(ofPolicies(any, Collections.nCopies(100, "usage"))).isEmpty();
        assertThat(ofPolicies(any, List.of()))
                .containsExactly("access_policies[0].resources: 0 of them (expected: 1 to 100)");
        assertThat(ofPolicies(any, Collections.nCopies(101, "usage")))
                .containsExactly("access_policies[0].resources: 101 of them (expected: 1 to 100)");
        assertThat(ofPolicies(any, List.of("usage", "nothing")))
                .singleElement()
                .asString()
                .startsWith("access_policies[0].resources[1]: nothing (expected: cache/{namespace}, ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "c*", "cache/*", "cache/a*", "cache/a", "cache/a/k", "cache/a/*", "web/h", "sessions"})
    void resourcesAreWholeOrTheBeginningOfSome(String resource) {
        assertThat(ofPolicies(List.of("*"), List.of(resource))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x*", "cache", "cache/", "cache/*/k", "*a", "cache/a**", "usage/x", "cache/a/\ud800"})
    void whatCouldNeverMatchIsNoResource(String resource) {
        assertThat(ofPolicies(List.of("*"), List.of(resource))).hasSize(1);
    }

    @Test
    void aResourceHasUpTo1200Characters() {
        String most = "cache/a/" + "k".repeat(1_192);
        assertThat(ofPolicies(List.of("*"), List.of(most))).isEmpty();
        assertThat(ofPolicies(List.of("*"), List.of(most + "k"))).hasSize(1);
    }
}
