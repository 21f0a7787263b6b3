package io.riptide.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.problem.FieldError;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreKeyTest {
    private static final String HASH = "ba7816bf8f01cfea414140de5dae2223";
    private static final String BOUNDS = "expected 1 to 1024 bytes of UTF-8 without NUL";
    private static final String SURROGATE = "expected well-formed text (an unpaired surrogate has no UTF-8)";

    @Test
    void hashesWithTheFirstHalfOfSha256() {
        // FIPS 180-4's example of one block: "abc".
        StoreKey key = StoreKey.of("acme", "pages", "abc");

        assertThat(key.hash()).isEqualTo(HASH);
        assertThat(key.text()).isEqualTo("riptide:tenant:acme:pages:" + HASH);
        assertThat(key.bytes()).isEqualTo(key.text().getBytes(StandardCharsets.US_ASCII));
        assertThat(key.text()).startsWith(StoreKey.prefix("acme")).startsWith(StoreKey.prefix("acme", "pages"));
    }

    @Test
    void hashesTheUtf8OfTheKey() {
        // printf '\xe2\x82\xac\xf0\x9f\x8c\x8a' | sha256sum
        assertThat(StoreKey.of("t", "n", "€🌊").hash()).isEqualTo("b924c997902c0f59def0a1e2f98b3c39");
    }

    @Test
    void hashesAlikeOnManyThreadsAtOnce() {
        Set<StoreKey> found = ConcurrentHashMap.newKeySet();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 1_000; i++) {
                threads.execute(() -> found.add(StoreKey.of("acme", "pages", "abc")));
            }
        }
        assertThat(found).containsExactly(new StoreKey("acme", "pages", HASH));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "riptide:tenant:",
                "riptide:tenant:acme",
                "riptide:tenant:acme:pages",
                "riptide:tenant:acme:pages:",
                "riptide:tenant::pages:" + HASH,
                "riptide:tenant:acme::" + HASH,
                "riptide:tenant:acme:pages:" + HASH + "0",
                "riptide:tenant:acme:pages:BA7816BF8F01CFEA414140DE5DAE2223",
                "riptide:tenant:acme:pages:ba7816bf8f01cfea414140de5dae222g",
                "riptide:tenant:acme:pages:ba7816bf8f01cfea414140de5dae222/",
                "riptide:tenant:acme:pages:ba7816bf8f01cfea414140de5dae222:",
                "riptide:tenant:acme:pages:ba7816bf8f01cfea414140de5dae222`",
                "riptide:tenant:acme:pages:x:" + HASH,
                "riptide:tenant:ac.me:pages:" + HASH,
                "riptide:tenant:acme:pa/ges:" + HASH,
                "riptide:meta:tenant:acme:pages:" + HASH,
                " riptide:tenant:acme:pages:" + HASH,
                "Riptide:tenant:acme:pages:" + HASH
            })
    void parsesNothingElse(String text) {
        assertThat(StoreKey.parse(text)).isEmpty();
    }

    @Test
    void parsesWhatItPrinted() {
        assertThat(StoreKey.parse("riptide:tenant:acme:pages:" + HASH)).contains(new StoreKey("acme", "pages", HASH));
    }

    @Test
    void holdsNoPartsThatAreNotValid() {
        assertThatIllegalArgumentException().isThrownBy(() -> new StoreKey("a:b", "pages", HASH));
        assertThatIllegalArgumentException().isThrownBy(() -> new StoreKey("acme", "p:q", HASH));
        assertThatIllegalArgumentException().isThrownBy(() -> new StoreKey("acme", "pages", HASH + ":"));
        assertThatIllegalArgumentException().isThrownBy(() -> StoreKey.of("", "pages", "abc"));
        assertThatIllegalArgumentException().isThrownBy(() -> StoreKey.of("acme", "", "abc"));
    }

    @Test
    void printsNoPrefixOfPartsThatAreNotValid() {
        assertThatIllegalArgumentException().isThrownBy(() -> StoreKey.prefix(""));
        assertThatIllegalArgumentException().isThrownBy(() -> StoreKey.prefix("a:b"));
        assertThatIllegalArgumentException().isThrownBy(() -> StoreKey.prefix("a:b", "pages"));
        assertThatIllegalArgumentException().isThrownBy(() -> StoreKey.prefix("acme", "p:q"));
    }

    @Test
    void namesHoldTheirAlphabetAndNothingBesideIt() {
        for (char c = 0; c < 0x180; c++) {
            String name = String.valueOf(c);
            boolean inBoth = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-".indexOf(c) >= 0;
            assertThat(StoreKey.isTenantId(name)).as("tenant %d", (int) c).isEqualTo(inBoth);
            assertThat(StoreKey.isNamespace(name)).as("namespace %d", (int) c).isEqualTo(inBoth || c == '.');
        }
    }

    @Test
    void namesAreOneTo64Long() {
        assertThat(StoreKey.isTenantId("")).isFalse();
        assertThat(StoreKey.isTenantId("a".repeat(64))).isTrue();
        assertThat(StoreKey.isTenantId("a".repeat(65))).isFalse();
        assertThat(StoreKey.isNamespace("")).isFalse();
        assertThat(StoreKey.isNamespace(".".repeat(64))).isTrue();
        assertThat(StoreKey.isNamespace(".".repeat(65))).isFalse();
    }

    @Test
    void refusesANamespaceByName() {
        assertThat(StoreKey.requireNamespace("pages.v2")).isEqualTo("pages.v2");
        refuses("namespace", "expected 1 to 64 of A-Z a-z 0-9 _ . -", () -> StoreKey.requireNamespace("pages/v2"));
    }

    static List<String> goodKeys() {
        return List.of(
                "k",
                " ",
                "\u0001",
                "..",
                "k".repeat(1_024),
                "é".repeat(512),
                "€".repeat(341) + "k",
                "🌊".repeat(256),
                "\uFFFD",
                "\uFFFF",
                "riptide:tenant:acme:pages:" + HASH);
    }

    @ParameterizedTest
    @MethodSource("goodKeys")
    void takesKeysUpTo1024BytesOfUtf8(String key) {
        assertThat(StoreKey.requireKey(key)).isSameAs(key);
        assertThat(StoreKey.of("t", "n", key).hash()).hasSize(32);
    }

    static Stream<String> keysOutOfBounds() {
        return Stream.of(
                "",
                "\0",
                "k\0",
                "€\0",
                "k".repeat(1_025),
                "é".repeat(512) + "k",
                "€".repeat(342),
                "🌊".repeat(256) + "k",
                "🌊".repeat(100_000));
    }

    @ParameterizedTest
    @MethodSource("keysOutOfBounds")
    void refusesKeysOutOfBounds(String key) {
        refuses("key", BOUNDS, () -> StoreKey.requireKey(key));
        refuses("key", BOUNDS, () -> StoreKey.of("t", "n", key));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud83d", "\udf0a", "k\ud83d", "\ud83dk", "\udf0a\ud83d", "\ud83d\ud83d\udf0a", "🌊\ud83d"})
    void refusesUnpairedSurrogates(String key) {
        refuses("key", SURROGATE, () -> StoreKey.requireKey(key));
        refuses("key", SURROGATE, () -> StoreKey.of("t", "n", key));
    }

    private static void refuses(String field, String message, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(RipTideException.class, refused -> {
            assertThat(refused.problem().code()).isEqualTo(ProblemCode.INVALID_REQUEST);
            assertThat(refused.problem().errors()).containsExactly(new FieldError(field, message));
        });
    }
}
