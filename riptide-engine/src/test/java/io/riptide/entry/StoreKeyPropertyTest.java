package io.riptide.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class StoreKeyPropertyTest {
    @Property
    void parsingGivesBackWhatWasPrinted(
            @ForAll("tenants") String tenant, @ForAll("namespaces") String namespace, @ForAll("keys") String key) {
        StoreKey at = StoreKey.of(tenant, namespace, key);

        assertThat(StoreKey.parse(at.text())).contains(at);
        assertThat(new String(at.bytes(), StandardCharsets.UTF_8)).isEqualTo(at.text());
    }

    @Property
    void noTenantsPrefixBeginsAnothersKey(
            @ForAll("tenants") String one,
            @ForAll("tenants") String other,
            @ForAll("namespaces") String namespace,
            @ForAll("keys") String key) {
        Assume.that(!one.equals(other));

        assertThat(StoreKey.of(other, namespace, key).text()).doesNotStartWith(StoreKey.prefix(one));
        // Nor where one id begins the other.
        if (one.length() < 64) {
            assertThat(StoreKey.of(one + "a", namespace, key).text()).doesNotStartWith(StoreKey.prefix(one));
        }
    }

    @Property
    void noNamespacesPrefixBeginsAnothersKey(
            @ForAll("tenants") String tenant,
            @ForAll("namespaces") String one,
            @ForAll("namespaces") String other,
            @ForAll("keys") String key) {
        Assume.that(!one.equals(other));

        assertThat(StoreKey.of(tenant, other, key).text()).doesNotStartWith(StoreKey.prefix(tenant, one));
    }

    @Property
    void differentKeysLieApart(@ForAll("keys") String one, @ForAll("keys") String other) {
        assertThat(StoreKey.of("t", "n", one).equals(StoreKey.of("t", "n", other)))
                .isEqualTo(one.equals(other));
    }

    @Property
    void noTextMakesParsingThrowOrPrintsBackAsAnother(@ForAll String text) {
        assertThat(StoreKey.parse(text).map(StoreKey::text).orElse(text)).isEqualTo(text);
        String prefixed = "riptide:tenant:" + text;
        assertThat(StoreKey.parse(prefixed).map(StoreKey::text).orElse(prefixed))
                .isEqualTo(prefixed);
    }

    @Provide
    Arbitrary<String> tenants() {
        return Arbitraries.strings()
                .alpha()
                .numeric()
                .withChars('_', '-')
                .ofMinLength(1)
                .ofMaxLength(64);
    }

    @Provide
    Arbitrary<String> namespaces() {
        return Arbitraries.strings()
                .alpha()
                .numeric()
                .withChars('_', '-', '.')
                .ofMinLength(1)
                .ofMaxLength(64);
    }

    @Provide
    Arbitrary<String> keys() {
        return Inputs.texts(1, StoreKey.MAX_KEY_BYTES);
    }
}
