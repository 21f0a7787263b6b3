package io.riptide.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.riptide.entry.StoreKey;
import io.riptide.problem.FieldError;
import io.riptide.problem.RipTideException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Whatever comes as a cursor is a place in the caller's own namespace, or is refused by name. */
class CursorFuzzTest {
    private static final int HASH_BYTES = 16;

    @FuzzTest(maxDuration = "1m")
    void readsAnyCursor(byte[] bytes) {
        String wide = ByteBuffer.wrap(bytes).asCharBuffer().toString();
        for (String text : List.of(new String(bytes, StandardCharsets.UTF_8), wide)) {
            try {
                StoreKey place = Cursor.parse("acme", "pages", text);
                assertThat(place.tenantId()).isEqualTo("acme");
                assertThat(place.namespace()).isEqualTo("pages");
                assertComesBack(place);
            } catch (RipTideException e) {
                assertThat(e.problem().errors()).extracting(FieldError::field).containsExactly("cursor");
            }
        }
        byte[] hash = Arrays.copyOf(bytes, HASH_BYTES);
        assertComesBack(new StoreKey("acme", "pages", HexFormat.of().formatHex(hash)));
    }

    private static void assertComesBack(StoreKey place) {
        assertThat(Cursor.parse("acme", "pages", Cursor.print(place))).isEqualTo(place);
    }
}
