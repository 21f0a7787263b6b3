package io.riptide.entry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The header of a Zstandard frame (RFC 8878, section 3.1.1.1), as far as it names a dictionary. */
final class ZstdFrame {
    private static final int MAGIC = 0xFD2FB528;
    private static final int DESCRIPTOR_AT = 4;
    private static final int SINGLE_SEGMENT = 1 << 5;
    private static final int ID_FLAG = 0b11;

    private ZstdFrame() {}

    /** The dictionary's number in the frame that begins at {@code bytes[from]}; 0 where it names none or is none. */
    static int dictionaryId(byte[] bytes, int from, int to) {
        if (to - from <= DESCRIPTOR_AT) {
            return 0;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int descriptor = bytes[from + DESCRIPTOR_AT];
        int idFlag = descriptor & ID_FLAG;
        int idBytes = idFlag == ID_FLAG ? Integer.BYTES : idFlag;
        // A frame that is one segment has no byte for the size of its window.
        int idAt = from + DESCRIPTOR_AT + ((descriptor & SINGLE_SEGMENT) != 0 ? 1 : 2);
        if (in.getInt(from) != MAGIC || to - idAt < idBytes) {
            return 0;
        }
        return switch (idBytes) {
            case 1 -> bytes[idAt] & 0xFF;
            case 2 -> in.getShort(idAt) & 0xFFFF;
            case 4 -> in.getInt(idAt);
            default -> 0;
        };
    }
}
