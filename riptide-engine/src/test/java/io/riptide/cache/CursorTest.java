package io.riptide.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.entry.StoreKey;
import io.riptide.problem.RipTideException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {
    @Test
    void comesBackAsTheKeyThatItWasMadeOf() {
        StoreKey key = StoreKey.of("t", "n", "k");
        assertThat(Cursor.parse("t", "n", Cursor.print(key))).isEqualTo(key);
        assertThat(Cursor.parse("t", "n", null)).isNull();
    }

    @Test
    void carriesNoTenantAndNoNamespace() {
        StoreKey key = StoreKey.of("t", "n", "k");
        assertThat(Cursor.parse("other", "m", Cursor.print(key))).isEqualTo(new StoreKey("other", "m", key.hash()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "====", "AQ", "AgAAAAAAAAAAAAAAAAAAAAA", "AQAAAAAAAAAAAAAAAAAAAAAA", "%"})
    void refusesAnythingElseByName(String cursor) {
        assertThatThrownBy(() -> Cursor.parse("t", "n", cursor))
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().errors().getFirst().field()).isEqualTo("cursor"));
    }

    @Property
    void noTextMakesAnotherExceptionEscape(@ForAll @StringLength(max = 60) String text) {
        try {
            assertThat(Cursor.parse("t", "n", text)).isNotNull();
        } catch (RipTideException e) {
            assertThat(e.problem().errors()).hasSize(1);
        }
    }
}
