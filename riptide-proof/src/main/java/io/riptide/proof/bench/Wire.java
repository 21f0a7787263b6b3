package io.riptide.proof.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection of HTTP/1.1 that is kept alive; a call costs its caller little, so that the server is what is
 * measured.
 */
final class Wire implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final byte[] line = new byte[8192];
    private byte[] body = new byte[0];

    Wire(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    }

    /** A request as it goes over the wire. */
    static byte[] request(String method, String path, String headers, byte[] content) {
        String head = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers
                + (method.equals("GET") ? "" : "Content-Length: " + content.length + "\r\n") + "\r\n";
        byte[] start = head.getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[start.length + content.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(content, 0, all, start.length, content.length);
        return all;
    }

    /** Sends it and reads the whole answer; returns its status. */
    int call(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        String status = readLine();
        int length = 0;
        for (String header = readLine(); !header.isEmpty(); header = readLine()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                throw new IOException("an answer in chunks, of no known length");
            }
        }
        body = in.readNBytes(length);
        return Integer.parseInt(status.substring(9, 12));
    }

    /** The last answer's body. */
    String body() {
        return new String(body, StandardCharsets.UTF_8);
    }

    private String readLine() throws IOException {
        int length = 0;
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || length == line.length) {
                throw new IOException("the answer ended early, or a line is too long");
            }
            line[length++] = (byte) b;
        }
        return new String(line, 0, Math.max(0, length - 1), StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
