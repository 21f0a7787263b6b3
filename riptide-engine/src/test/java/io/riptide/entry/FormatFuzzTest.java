package io.riptide.entry;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.riptide.entry.Opening.Damaged;
import io.riptide.entry.Opening.Opened;
import io.riptide.entry.Opening.OtherKey;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Whatever bytes: nothing is thrown, and what opens is what its own head says. The committed inputs run with every
 * build; with {@code JAZZER_FUZZ=1} one method looks for more, led by coverage.
 */
class FormatFuzzTest {
    private static final String KEY = "/index.html";
    private static final StoreKey AT = StoreKey.of("acme", "pages", KEY);

    @FuzzTest
    void opensAnyBytes(byte[] bytes) {
        byte[] before = bytes.clone();

        judge(Envelope.open(AT, KEY, bytes, Inputs.DICTIONARIES), bytes);
        assertThat(bytes).isEqualTo(before);
        // No fuzzer guesses a checksum: the same bytes once more, so that what stands behind it is reached.
        if (bytes.length >= 4) {
            byte[] checked = EnvelopeTest.withRightChecksum(AT, bytes.clone());
            judge(Envelope.open(AT, KEY, checked, Inputs.DICTIONARIES), checked);
            EntryCipher cipher = EntryCipherTest.cipher(1, 7);
            assertThat(Envelope.open(AT, KEY, checked, Inputs.DICTIONARIES, cipher))
                    .as("no fuzzer guesses a tag either")
                    .isInstanceOf(Damaged.class);
        }
    }

    @FuzzTest
    void opensAnySealedHead(byte[] bytes) {
        EntryCipher cipher = EntryCipherTest.cipher(1, 7);
        assertThat(cipher.openHead(AT, bytes)).isNull();
        if (bytes.length >= 4) {
            assertThat(cipher.openHead(AT, HeadTest.withRightChecksum(bytes.clone())))
                    .isNull();
        }
    }

    /** Behind the seal, where a defect of the writer could put anything. */
    @FuzzTest
    void joinsAnyParts(byte[] bytes) {
        byte[] clear = SealedHead.clear(new Head(KEY, "", 1, 2, 3, 4, 5, 6, List.of(), List.of()));
        Head head = SealedHead.join(ByteBuffer.wrap(clear), ByteBuffer.wrap(bytes));
        if (head != null) {
            assertThat(head.encode()).isNotEmpty();
        }
    }

    @FuzzTest
    void parsesAnyHead(byte[] bytes) {
        byte[] before = bytes.clone();

        judge(Head.parse(bytes), bytes);
        assertThat(bytes).isEqualTo(before);
        if (bytes.length >= 4) {
            byte[] checked = HeadTest.withRightChecksum(bytes.clone());
            judge(Head.parse(checked), checked);
        }
    }

    private static void judge(Opening opening, byte[] bytes) {
        switch (opening) {
            case Opened(Entry entry) -> {
                assertThat(entry.head().key()).isEqualTo(KEY);
                assertThat(entry.head().storedBytes()).isEqualTo(bytes.length);
                assertThat(entry.size()).isEqualTo(entry.head().valueBytes());
            }
            case OtherKey() -> assertThat(bytes).hasSizeGreaterThan(52);
            case Damaged(String why) -> assertThat(why).isNotEmpty();
        }
    }

    private static void judge(Optional<Head> head, byte[] bytes) {
        // There is one way to write a head: what parses is what encoding gives.
        assertThat(head.map(Head::encode).orElse(bytes)).isEqualTo(bytes);
    }
}
