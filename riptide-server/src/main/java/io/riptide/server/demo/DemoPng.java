package io.riptide.server.demo;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** A sea chart as a PNG (W3C's PNG specification): 8-bit RGB, not interlaced. */
final class DemoPng {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    private DemoPng() {}

    /** Contour lines of a sea bed, in shades of blue. */
    static byte[] chart(int width, int height) {
        byte[] rows = new byte[height * (1 + 3 * width)];
        int at = 0;
        for (int y = 0; y < height; y++) {
            at++; // filter 0: the bytes as they are
            for (int x = 0; x < width; x++) {
                double depth = Math.sin(x / 23.0) + Math.cos(y / 17.0) + Math.sin((x + y) / 41.0);
                boolean contour = Math.abs(depth * 4 - Math.rint(depth * 4)) < 0.06;
                int shade = (int) Math.clamp(150 + 30 * depth, 0, 255);
                rows[at++] = (byte) (contour ? 20 : shade / 2);
                rows[at++] = (byte) (contour ? 50 : shade);
                rows[at++] = (byte) (contour ? 110 : 230);
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(SIGNATURE);
        ByteBuffer head = ByteBuffer.allocate(13).putInt(width).putInt(height);
        head.put((byte) 8).put((byte) 2);
        chunk(out, "IHDR", head.array());
        chunk(out, "IDAT", deflated(rows));
        chunk(out, "IEND", new byte[0]);
        return out.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        out.writeBytes(name);
        out.writeBytes(data);
        out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    private static byte[] deflated(byte[] data) {
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(data);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[8192];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }
}
