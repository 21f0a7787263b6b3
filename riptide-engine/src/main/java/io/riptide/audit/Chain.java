package io.riptide.audit;

import io.riptide.spi.AuditStore.Mark;
import io.riptide.spi.AuditStore.Row;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How rows are sealed. Numbers are big-endian; a text is its length in bytes (4) and its UTF-8, an absent one the
 * length -1.
 *
 * <pre>
 * row   := 1 (1 byte) seq (8) at_ms (8) actor action tenant_id resource result request_id detail key_id
 * mac   := HMAC(key, link before || row)
 * link  := SHA-256(link before || mac as 64 hex digits || row)   before the first row: 32 zeros
 * head  := HMAC(key, 2 (1 byte) || seq (8) || link || key_id)
 * anchor:= the same with 3
 * </pre>
 *
 * The link needs no key: whoever seals a row vouches for all before it, also for what another key sealed.
 */
final class Chain {
    private static final int ROW = 1;
    private static final int HEAD = 2;
    private static final int ANCHOR = 3;

    private final AuditKeys keys;

    Chain(AuditKeys keys) {
        this.keys = keys;
    }

    /** Whether something is sealed as it should be. */
    enum Seal {
        GENUINE,
        FORGED,
        /** Sealed with a key that is not known here. */
        UNKNOWN;

        private static Seal of(@Nullable String expected, String found) {
            if (expected == null) {
                return UNKNOWN;
            }
            boolean same = MessageDigest.isEqual(
                    expected.getBytes(StandardCharsets.US_ASCII), found.getBytes(StandardCharsets.UTF_8));
            return same ? GENUINE : FORGED;
        }
    }

    /** The row behind a place. */
    Row row(Mark before, AuditEvent event, long atMillis) {
        Row open = new Row(
                before.seq() + 1,
                atMillis,
                event.actor(),
                event.action(),
                event.tenantId(),
                event.resource(),
                event.result(),
                event.requestId(),
                event.detailText(),
                keys.sealing(),
                "");
        return new Row(
                open.seq(),
                open.atMillis(),
                open.actor(),
                open.action(),
                open.tenantId(),
                open.resource(),
                open.result(),
                open.requestId(),
                open.detail(),
                open.keyId(),
                known(keys.seal(open.keyId(), hex(before.link()), bytes(open))));
    }

    Seal sealOf(String linkBefore, Row row) {
        return Seal.of(keys.seal(row.keyId(), hex(linkBefore), bytes(row)), row.mac());
    }

    /** What all rows up to this one come to. */
    static String link(String linkBefore, Row row) {
        MessageDigest digest = sha256();
        digest.update(hex(linkBefore));
        // A seal that somebody wrote over may be any text.
        digest.update(row.mac().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest(bytes(row)));
    }

    Mark head(long seq, String link) {
        return mark(HEAD, seq, link);
    }

    Mark anchor(long seq, String link) {
        return mark(ANCHOR, seq, link);
    }

    private Mark mark(int kind, long seq, String link) {
        String keyId = keys.sealing();
        return new Mark(seq, link, keyId, known(keys.seal(keyId, bytes(kind, seq, link, keyId))));
    }

    Seal sealOfHead(Mark head) {
        return sealOf(HEAD, head);
    }

    Seal sealOfAnchor(Mark anchor) {
        return sealOf(ANCHOR, anchor);
    }

    private Seal sealOf(int kind, Mark mark) {
        if (mark.seq() == 0) {
            return mark.equals(Mark.START) ? Seal.GENUINE : Seal.FORGED;
        }
        return Seal.of(keys.seal(mark.keyId(), bytes(kind, mark.seq(), mark.link(), mark.keyId())), mark.mac());
    }

    private static String known(@Nullable String seal) {
        return Objects.requireNonNull(seal, "the key that seals is known");
    }

    private static byte[] bytes(int kind, long seq, String link, String keyId) {
        return write(out -> {
            out.writeByte(kind);
            out.writeLong(seq);
            out.write(hex(link));
            text(out, keyId);
        });
    }

    /** What of a row is sealed: all but the seal. */
    static byte[] bytes(Row row) {
        return write(out -> {
            out.writeByte(ROW);
            out.writeLong(row.seq());
            out.writeLong(row.atMillis());
            text(out, row.actor());
            text(out, row.action());
            text(out, row.tenantId());
            text(out, row.resource());
            text(out, row.result());
            text(out, row.requestId());
            text(out, row.detail());
            text(out, row.keyId());
        });
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] write(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException e) {
            throw new IllegalStateException("memory takes what is written", e);
        }
        return bytes.toByteArray();
    }

    private static void text(DataOutputStream out, @Nullable String text) throws IOException {
        if (text == null) {
            out.writeInt(-1);
            return;
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    /** A link's bytes; of what is no link, which somebody wrote over one, other bytes than of any. */
    private static byte[] hex(String link) {
        try {
            return HexFormat.of().parseHex(link);
        } catch (IllegalArgumentException e) {
            return link.getBytes(StandardCharsets.UTF_8);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
