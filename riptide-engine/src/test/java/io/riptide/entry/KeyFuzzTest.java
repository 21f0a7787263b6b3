package io.riptide.entry;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.riptide.problem.FieldError;
import io.riptide.problem.RipTideException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Whatever text stands for a tenant's id, a namespace, a key or a store key: it is one, or it is refused by name. */
class KeyFuzzTest {
    private static final Pattern TENANT_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    @FuzzTest(maxDuration = "1m")
    void parsesAnyStoreKey(byte[] bytes) {
        for (String text : texts(bytes)) {
            StoreKey.parse(text).ifPresent(key -> {
                assertThat(key.text()).isEqualTo(text);
                assertThat(text).startsWith(StoreKey.prefix(key.tenantId(), key.namespace()));
            });
        }
    }

    @FuzzTest(maxDuration = "1m")
    void takesOrRefusesAnyKey(byte[] bytes) {
        for (String key : texts(bytes)) {
            try {
                assertThat(StoreKey.requireKey(key)).isSameAs(key);
            } catch (RipTideException e) {
                assertThat(e.problem().errors()).extracting(FieldError::field).containsExactly("key");
                continue;
            }
            StoreKey at = StoreKey.of("acme", "pages", key);
            assertThat(StoreKey.parse(at.text())).contains(at);
            assertThat(key.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1, StoreKey.MAX_KEY_BYTES);
            assertThat(new String(key.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                    .isEqualTo(key)
                    .doesNotContain("\0");
        }
    }

    @FuzzTest(maxDuration = "1m")
    void takesOrRefusesAnyName(byte[] bytes) {
        for (String name : texts(bytes)) {
            assertThat(StoreKey.isTenantId(name))
                    .isEqualTo(TENANT_ID.matcher(name).matches());
            assertThat(StoreKey.isNamespace(name))
                    .isEqualTo(NAMESPACE.matcher(name).matches());
            try {
                assertThat(StoreKey.requireNamespace(name)).isSameAs(name);
                assertThat(StoreKey.isNamespace(name)).isTrue();
            } catch (RipTideException e) {
                assertThat(StoreKey.isNamespace(name)).isFalse();
                assertThat(e.problem().errors()).extracting(FieldError::field).containsExactly("namespace");
            }
        }
    }

    /** The bytes read as UTF-8 and, so that unpaired surrogates occur too, as UTF-16 without any check. */
    private static List<String> texts(byte[] bytes) {
        return List.of(
                new String(bytes, StandardCharsets.UTF_8),
                ByteBuffer.wrap(bytes).asCharBuffer().toString());
    }
}
