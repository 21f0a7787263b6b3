package io.riptide.proof.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One connection of HTTP/1.1 that is kept alive, and one call after the other on it. */
final class Wire implements AutoCloseable {
    private final SocketChannel channel;
    private final Answer answer = new Answer();

    Wire(int port) throws IOException {
        channel = connect(port);
    }

    static SocketChannel connect(int port) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.socket().setTcpNoDelay(true);
        return channel;
    }

    /** A request as it goes over the wire. */
    static byte[] request(String method, String path, String headers, byte[] content) {
        String head = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers
                + (method.equals("GET") ? "" : "Content-Length: " + content.length + "\r\n") + "\r\n";
        byte[] all = Arrays.copyOf(head.getBytes(StandardCharsets.US_ASCII), head.length() + content.length);
        System.arraycopy(content, 0, all, head.length(), content.length);
        return all;
    }

    /** Sends it and reads the whole answer, which is good until the next call. */
    Answer call(byte[] request) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(request);
        while (out.hasRemaining()) {
            channel.write(out);
        }
        answer.clear();
        boolean whole = false;
        while (!whole) {
            whole = answer.came(channel.read(answer.room()));
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
