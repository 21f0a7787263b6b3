package io.riptide.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryTest {
    private static final byte[] VALUE = {1, 2, 3, 4, 5};
    private static final Head HEAD = new Head("secret key", "text/plain", 1, 2, 3, 5, 99, List.of(), List.of());

    private final byte[] held = VALUE.clone();
    private final Entry entry = new Entry(HEAD, held);

    @Test
    void showsItsValueReadOnlyAndWithoutACopy() {
        ByteBuffer view = entry.value();
        assertThat(view.remaining()).isEqualTo(5);
        assertThatThrownBy(() -> view.put((byte) 9)).isInstanceOf(ReadOnlyBufferException.class);
        assertThat(view.hasArray()).isFalse();

        held[0] = 7;
        assertThat(view.get(0)).isEqualTo((byte) 7);
    }

    @Test
    void eachViewHasAPositionOfItsOwn() {
        entry.value().get();

        assertThat(entry.value().position()).isZero();
    }

    @Test
    void copiesOnDemand() {
        byte[] copy = entry.toByteArray();
        assertThat(copy).isEqualTo(VALUE);

        copy[0] = 9;
        assertThat(entry.toByteArray()).isEqualTo(VALUE);
    }

    @Test
    void writesAllOfItToASink() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        entry.writeTo(out::write);

        assertThat(out.toByteArray()).isEqualTo(VALUE);
    }

    @Test
    void knowsItsHeadAndSizeAndPrintsNothingOfKeyOrValue() {
        assertThat(entry.head()).isSameAs(HEAD);
        assertThat(entry.size()).isEqualTo(5);
        assertThat(entry).hasToString("Entry[5 bytes]");
    }
}
