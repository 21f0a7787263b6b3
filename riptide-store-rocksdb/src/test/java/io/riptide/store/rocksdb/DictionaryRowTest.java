package io.riptide.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.riptide.spi.StoredDictionary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DictionaryRowTest {
    private static final StoredDictionary DICTIONARY =
            new StoredDictionary("acme", "orders.v1", 0xCAFE, 1_000, 2_000, new byte[] {1, 2, 3});
    private static final byte[] KEY = DictionaryRow.key(DICTIONARY);

    private static String text(byte[] row) {
        return new String(row, StandardCharsets.US_ASCII);
    }

    @Test
    void rowsLieWhereTheTableSays() {
        assertThat(text(KEY)).isEqualTo("riptide:meta:dictionary:acme:orders.v1:0000cafe");
        assertThat(text(DictionaryRow.end(DICTIONARY)))
                .isEqualTo("riptide:meta:dictionary-end:00000000000007d0:acme:orders.v1:0000cafe");
        assertThat(DictionaryRow.keyOfEnd(DictionaryRow.end(DICTIONARY))).isEqualTo(KEY);
        assertThat(DictionaryRow.endMillis(DictionaryRow.end(DICTIONARY))).isEqualTo(2_000);
    }

    @Test
    void endsSortByTheirInstant() {
        byte[] end = DictionaryRow.end(DICTIONARY);
        assertThat(Arrays.compareUnsigned(end, DictionaryRow.endsAfter(1_999))).isPositive();
        assertThat(Arrays.compareUnsigned(end, DictionaryRow.endsAfter(2_000))).isNegative();
        assertThat(Arrays.compareUnsigned(end, DictionaryRow.endsAfter(Long.MAX_VALUE)))
                .isNegative();
        assertThat(Arrays.compareUnsigned(DictionaryRow.ends(), end)).isNegative();
    }

    @Test
    void aRowIsReadAsItWasWritten() {
        StoredDictionary read = Objects.requireNonNull(DictionaryRow.parse(KEY, DictionaryRow.value(DICTIONARY)));
        assertThat(read).usingRecursiveComparison().isEqualTo(DICTIONARY);
    }

    @Test
    void aRowOfThisVersionStaysWhatItIs() {
        assertThat(DictionaryRow.value(DICTIONARY))
                .startsWith(1, 0, 0, 0, 0, 0, 0, 3, 0xe8, 0, 0, 0, 0, 0, 0, 7, 0xd0, 1, 2, 3)
                .hasSize(24);
    }

    @Test
    void aRowWithAChangedByteOrUnderAnotherKeyIsNone() {
        byte[] value = DictionaryRow.value(DICTIONARY);
        for (int i = 0; i < value.length; i++) {
            byte[] changed = value.clone();
            changed[i] ^= 1;
            assertThat(DictionaryRow.parse(KEY, changed)).as("byte %d", i).isNull();
        }
        assertThat(DictionaryRow.parse(KEY, Arrays.copyOf(value, value.length - 1)))
                .isNull();
        assertThat(DictionaryRow.parse(KEY, new byte[0])).isNull();
        assertThat(DictionaryRow.parse(DictionaryRow.key("globex", "orders.v1", 0xCAFE), value))
                .isNull();
        assertThat(DictionaryRow.parse(DictionaryRow.key("acme", "orders.v1", 0xCAFF), value))
                .isNull();
    }

    @Test
    void namesThatWouldReachOtherRowsAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> DictionaryRow.key("acme:x", "orders", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> DictionaryRow.key("acme", "orders:x", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> DictionaryRow.prefix(""));
    }
}
