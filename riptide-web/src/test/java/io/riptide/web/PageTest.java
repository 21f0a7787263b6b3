package io.riptide.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.entry.Entry;
import io.riptide.entry.Head;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PageTest {
    private static final long BORN = 1_793_491_200_000L;
    private static final List<HeaderField> FIELDS = Fields.of("Content-Type: text/plain", "X: \u00e4");
    private static final OriginAnswer ANSWER =
            new OriginAnswer(404, FIELDS, "gone".getBytes(StandardCharsets.US_ASCII), BORN, BORN);

    /** What version 1 looks like byte for byte: a change here makes kept pages unreadable. */
    private static final String GOLDEN =
            "01010194000001a19467e8000002000c436f6e74656e742d54797065000a746578742f706c61696e" + "0001580001e4676f6e65";

    @Test
    void bytesOfVersion1() {
        byte[] bytes = Page.encode(ANSWER, FIELDS, new Freshness(true, BORN, 60_000));
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(GOLDEN);
    }

    @Test
    void readsWhatItWrote() {
        Page page = Page.decode(entry(HexFormat.of().parseHex(GOLDEN)));
        assertThat(page).isNotNull();
        assertThat(page.status()).isEqualTo(404);
        assertThat(page.fields()).isEqualTo(FIELDS);
        assertThat(page.bornMillis()).isEqualTo(BORN);
        assertThat(page.shared()).isTrue();
        byte[] own = Page.encode(ANSWER, FIELDS, new Freshness(false, BORN, 0));
        assertThat(Page.decode(entry(own)).shared()).isFalse();
    }

    @Property
    void aHeadCutShortIsNoPage(@ForAll @IntRange(max = 45) int length) {
        byte[] whole = HexFormat.of().parseHex(GOLDEN);
        assertThat(Page.decode(entry(Arrays.copyOf(whole, length)))).isNull();
    }

    @Property(tries = 2000)
    void garbageIsNoPageOrASafeOne(@ForAll @Size(max = 80) byte[] bytes, @ForAll boolean plausible) {
        if (plausible && bytes.length > 16) {
            byte[] whole = HexFormat.of().parseHex(GOLDEN);
            System.arraycopy(whole, 0, bytes, 0, 14);
        }
        Page page = Page.decode(entry(bytes));
        if (page != null) {
            assertThat(page.status()).isBetween(200, 599);
            assertThat(page.bodyAt()).isLessThanOrEqualTo(bytes.length);
            assertThat(page.fields()).allMatch(field -> HeaderRules.isSafe(field.name(), field.value()));
        }
    }

    @Test
    void aFieldThatWouldSplitTheAnswerIsNoPage() {
        OriginAnswer answer = new OriginAnswer(200, List.of(), new byte[0], BORN, BORN);
        byte[] bytes =
                Page.encode(answer, List.of(new HeaderField("X", "a\r\nSet-Cookie: b")), new Freshness(true, BORN, 1));
        assertThat(Page.decode(entry(bytes))).isNull();
    }

    private static Entry entry(byte[] value) {
        return new Entry(new Head("k", "", 0, 1, 1, value.length, 0, List.of(), List.of()), value);
    }
}
