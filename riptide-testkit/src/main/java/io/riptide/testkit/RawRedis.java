package io.riptide.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One command on a connection of its own, as the protocol's version 2 has it. */
final class RawRedis {
    private static final int TIMEOUT_MILLIS = 5_000;

    private RawRedis() {}

    static String call(int port, String... command) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(ascii("*" + command.length + "\r\n"));
            for (String word : command) {
                byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
                out.writeBytes(ascii("$" + bytes.length + "\r\n"));
                out.writeBytes(bytes);
                out.writeBytes(ascii("\r\n"));
            }
            socket.getOutputStream().write(out.toByteArray());
            return answer(new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String answer(InputStream in) throws IOException {
        String line = line(in);
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+', '-', ':' -> rest;
            case '$' -> rest.equals("-1") ? "" : bulk(in, Integer.parseInt(rest));
            case '*' -> {
                List<String> parts = new ArrayList<>();
                for (int i = Integer.parseInt(rest); i > 0; i--) {
                    parts.add(answer(in));
                }
                yield String.join("\n", parts);
            }
            default -> throw new IOException("not an answer: " + line);
        };
    }

    private static String bulk(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length || in.readNBytes(2).length < 2) {
            throw new EOFException("the answer ends early");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\r'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection ended");
            }
            line.append((char) c);
        }
        if (in.read() != '\n' || line.isEmpty()) {
            throw new IOException("not a line of the protocol");
        }
        return line.toString();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
