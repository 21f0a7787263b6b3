package io.riptide.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.testkit.FaultProxy.Way;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The proxy before a server that sends back what it gets. */
class FaultProxyTest {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int HELD_MILLIS = 200;

    private final Set<Socket> served = ConcurrentHashMap.newKeySet();
    private ServerSocket echo;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        echo = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
        proxy = FaultProxy.before("127.0.0.1", echo.getLocalPort());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        echo.close();
    }

    private void serve() {
        while (!echo.isClosed()) {
            try {
                Socket socket = echo.accept();
                served.add(socket);
                Thread.ofVirtual().start(() -> send(socket));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private static void send(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            // The client went away.
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** Sends bytes and reads them back, which a fault that concerns them must not change. */
    private static void assertEchoes(Socket socket, int length) throws IOException {
        byte[] sent = new byte[length];
        new Random(length).nextBytes(sent);
        Thread.ofVirtual().start(() -> {
            try {
                socket.getOutputStream().write(sent);
            } catch (IOException e) {
                // The reader sees it.
            }
        });
        assertThat(socket.getInputStream().readNBytes(length)).isEqualTo(sent);
    }

    private static void assertHeld(Socket socket) throws IOException {
        socket.setSoTimeout(HELD_MILLIS);
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    @Test
    void healthyItPassesEverythingAndTheEnd() throws IOException {
        try (Socket socket = connect()) {
            assertEchoes(socket, 3_000_000);
            assertThat(proxy.connections()).isEqualTo(1);
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void delayedBytesComeLaterAndInOrder() throws IOException {
        try (Socket socket = connect()) {
            proxy.delay(Way.TO_SERVER, Duration.ofMillis(50));
            proxy.delay(Way.TO_CLIENT, Duration.ofMillis(50));
            long began = System.nanoTime();
            assertEchoes(socket, 100_000);
            assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(100_000_000);
        }
    }

    @Test
    void throttledBytesTakeTheirTime() throws IOException {
        try (Socket socket = connect()) {
            proxy.throttle(Way.TO_CLIENT, 100_000);
            long began = System.nanoTime();
            assertEchoes(socket, 50_000);
            // The last chunk of 4 KiB need not have been waited for.
            assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(400_000_000);
        }
    }

    @Test
    void frozenNothingPassesUntilItIsHealed() throws IOException {
        try (Socket socket = connect()) {
            assertEchoes(socket, 1);
            proxy.freeze();
            socket.getOutputStream().write(7);
            assertHeld(socket);
            try (Socket later = connect()) {
                later.getOutputStream().write(8);
                assertHeld(later);
                proxy.heal();
                assertThat(socket.getInputStream().read()).isEqualTo(7);
                assertThat(later.getInputStream().read()).isEqualTo(8);
            }
        }
    }

    @Test
    void frozenOneWayLeavesTheOther() throws IOException {
        try (Socket socket = connect()) {
            assertEchoes(socket, 1);
            proxy.freeze(Way.TO_CLIENT);
            socket.getOutputStream().write(7);
            assertHeld(socket);
            Socket there = served.iterator().next();
            there.shutdownOutput();
            assertHeld(socket);
            proxy.heal();
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(new byte[] {7});
        }
    }

    @Test
    void cutConnectionsEndAndNewOnesWork() throws IOException {
        try (Socket socket = connect()) {
            assertEchoes(socket, 1);
            proxy.cut();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(proxy.connections()).isZero();
        }
        try (Socket socket = connect()) {
            assertEchoes(socket, 10);
        }
    }

    @Test
    void resetConnectionsFail() throws IOException {
        try (Socket socket = connect()) {
            assertEchoes(socket, 1);
            proxy.reset();
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void whileItRefusesOnlyOpenConnectionsWork() throws IOException {
        try (Socket open = connect()) {
            assertEchoes(open, 1);
            proxy.refuse();
            assertThatThrownBy(() -> {
                        try (Socket refused = connect()) {
                            refused.getInputStream().read();
                        }
                    })
                    .isInstanceOf(SocketException.class);
            assertEchoes(open, 1);
            proxy.heal();
            try (Socket again = connect()) {
                assertEchoes(again, 1);
            }
        }
    }

    @Test
    void aServerThatIsNotThereResetsItsClients() throws IOException {
        echo.close();
        assertThatThrownBy(() -> {
                    try (Socket socket = connect()) {
                        socket.getInputStream().read();
                    }
                })
                .isInstanceOf(SocketException.class);
    }

    @Test
    void whatIsOutOfBoundsIsRefused() {
        assertThatThrownBy(() -> proxy.delay(Way.TO_SERVER, Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> proxy.throttle(Way.TO_SERVER, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
