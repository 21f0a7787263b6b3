package io.riptide.proof.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.proof.ServerProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers that send a byte now and then do not keep others from being served. */
class SlowConnectionsTest {
    private static final int SLOW = 300;
    private static final int FAST = 200;
    private static final int CALLS = 5;

    @TempDir
    private Path directory;

    @Test
    void twoHundredFastCallersAreServedBesideThreeHundredSlowOnes() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"))) {
            String apiKey = server.createTenant("acme");
            byte[] value = "served".getBytes(StandardCharsets.UTF_8);
            assertThat(server.call(apiKey, "PUT", "/v1/cache/n/k", value).statusCode())
                    .isEqualTo(201);
            for (int i = 0; i < SLOW; i++) {
                slow.add(halfARequest(server, apiKey, i));
            }
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Callable<Integer>> callers = new ArrayList<>();
                for (int i = 0; i < FAST; i++) {
                    callers.add(() -> served(server, apiKey));
                }
                for (Future<Integer> caller : threads.invokeAll(callers)) {
                    assertThat(caller.get()).isEqualTo(CALLS);
                }
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    /** A third stops within the headers, a third before a body, a third after one byte of it. */
    private static Socket halfARequest(ServerProcess server, String apiKey, int i) throws IOException {
        Socket socket = connect(server);
        String headers = "PUT /v1/cache/n/slow" + i + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + apiKey
                + "\r\nContent-Length: 1000\r\n";
        String sent = switch (i % 3) {
            case 0 -> headers.substring(0, 40);
            case 1 -> headers + "\r\n";
            default -> headers + "\r\nx";
        };
        socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** How many calls over one connection were answered with the value. */
    private static int served(ServerProcess server, String apiKey) throws IOException {
        byte[] request = ("GET /v1/cache/n/k HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + apiKey
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        int good = 0;
        try (Socket socket = connect(server)) {
            for (int i = 0; i < CALLS; i++) {
                socket.getOutputStream().write(request);
                String answer = untilTheBody(socket.getInputStream());
                good += answer.startsWith("HTTP/1.1 200") && answer.endsWith("served") ? 1 : 0;
            }
        }
        return good;
    }

    private static String untilTheBody(InputStream in) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            read.write(b);
            String soFar = read.toString(StandardCharsets.US_ASCII);
            if (soFar.endsWith("\r\n\r\nserved")) {
                return soFar;
            }
        }
        return read.toString(StandardCharsets.US_ASCII);
    }

    private static Socket connect(ServerProcess server) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(60_000);
        return socket;
    }
}
