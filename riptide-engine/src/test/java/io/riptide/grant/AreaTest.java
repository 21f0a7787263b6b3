package io.riptide.grant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What policies may speak of. */
class AreaTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"cache/a", "cache/a_B.0-", "cache/a/k", "cache/a/k/more\n", "web/x.org", "sessions", "usage"})
    void namesResources(String resource) {
        assertThat(Area.names(resource)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "cache", "cache/", "cache/a/", "cache/ä", "web", "web/", "web/a/b", "usage/x", "sessionsx"})
    void namesNothingElse(String resource) {
        assertThat(Area.names(resource)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "c", "cache", "cache/", "cache/a", "cache/a/", "cache/a/k", "we", "web/x", "usage", "us"})
    void someResourceBeginsSo(String text) {
        assertThat(Area.beginsOne(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "cache//", "cache/ä", "usages", "web/a/b", "web/a/", "usage/"})
    void noResourceBeginsSo(String text) {
        assertThat(Area.beginsOne(text)).isFalse();
    }

    @Test
    void anActionIsWhatItsTextSays() {
        assertThat(Arrays.stream(Action.values()).map(Action::text))
                .containsExactly(
                        "cache:read",
                        "cache:write",
                        "cache:delete",
                        "web:fetch",
                        "sessions:read",
                        "sessions:write",
                        "usage:read",
                        "*");
        assertThat(Action.values()).allMatch(action -> Action.of(action.text()).orElseThrow() == action);
        assertThat(Action.of("cache")).isEmpty();
    }
}
