package io.riptide.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.spi.AuditStore.Mark;
import io.riptide.spi.AuditStore.Row;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The bytes that are sealed, and seals over them, made by another program from what {@link Chain} and {@link AuditKeys}
 * say in words. They never change: logs that are there are checked with them.
 */
class ChainGoldenTest {
    private static final String KEY_ID = "b48d703c5ac1a032";
    private static final String MAC = "365241e67a7f6db4c36c2fbfd1ab3ed9e134c16c8cb47e84dd408142231ce3f7";
    private static final String LINK = "2e16fbe502c484fdd06ab9a907dfa4a7d0a5cdc3831deafdfd63230633b02cff";
    private static final Row ROW = new Row(
            7,
            1_700_000_000_000L,
            "environment",
            "tenant.create",
            "acme",
            "tenants/acme",
            "ok",
            null,
            "{\"n\":1,\"t\":\"ä\"}",
            KEY_ID,
            MAC);

    private static Chain chain() {
        byte[] secret = new byte[32];
        for (int i = 0; i < secret.length; i++) {
            secret[i] = (byte) i;
        }
        return new Chain(AuditKeys.of(List.of(secret)));
    }

    @Test
    void theBytesOfARow() {
        assertThat(HexFormat.of().formatHex(Chain.bytes(ROW)))
                .isEqualTo("0100000000000000070000018bcfe568000000000b656e7669726f6e6d656e740000000d"
                        + "74656e616e742e6372656174650000000461636d650000000c74656e616e74732f61636d65"
                        + "000000026f6bffffffff000000107b226e223a312c2274223a22c3a4227d"
                        + "0000001062343864373033633561633161303332");
    }

    @Test
    void theSealOfARowAndWhatItComesTo() {
        Mark before = new Mark(6, Mark.START.link(), KEY_ID, "");
        AuditEvent event = AuditEvent.of("environment", "tenant.create")
                .tenant("acme")
                .resource("tenants/acme")
                .with("n", 1)
                .with("t", "ä");
        assertThat(chain().row(before, event, 1_700_000_000_000L)).isEqualTo(ROW);
        assertThat(Chain.link(Mark.START.link(), ROW)).isEqualTo(LINK);
    }

    @Test
    void theSealsOfBothEnds() {
        assertThat(chain().head(7, LINK))
                .isEqualTo(
                        new Mark(7, LINK, KEY_ID, "b9737c8ef62d0bffb144cec659eb5f72751f51b7e257f4f8508da3d2dbbca72f"));
        assertThat(chain().anchor(7, LINK))
                .isEqualTo(
                        new Mark(7, LINK, KEY_ID, "3a4ea31e8aeb525d9822a87c4ef79c848f7dd9788e8d38f72feb2ce058439743"));
    }
}
