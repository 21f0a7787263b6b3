package io.riptide.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS goes by the name in the URL, wherever the guarded name service leads. */
class OriginTlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicReference<String> asked = new AtomicReference<>();
    private SSLContext context;
    private HttpsServer server;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws Exception {
        context = contextFor("origin.example");
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.setExecutor(executor);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            ExtendedSSLSession session = (ExtendedSSLSession) ((HttpsExchange) exchange).getSSLSession();
            asked.set(session.getRequestedServerNames() + " "
                    + exchange.getRequestHeaders().getFirst("Host"));
            try (exchange) {
                exchange.sendResponseHeaders(200, 2);
                exchange.getResponseBody().write("hi".getBytes());
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        executor.shutdownNow();
    }

    @Test
    void theNameOfTheUrlIsIndicatedVerifiedAndSentAsHost() {
        int port = server.getAddress().getPort();
        OriginAnswer answer = get("origin.example", new DefaultClientTlsStrategy(context));
        assertThat(answer.body()).asString().isEqualTo("hi");
        assertThat(asked.get()).contains("origin.example").endsWith(" origin.example:" + port);
    }

    @Test
    void aCertificateOfAnotherNameIsAFailedOrigin() {
        assertUntrusted("other.example", new DefaultClientTlsStrategy(context));
    }

    @Test
    void aCertificateThatNoOneTrustsIsAFailedOrigin() {
        assertUntrusted("origin.example", null);
    }

    private void assertUntrusted(String host, @Nullable TlsSocketStrategy tls) {
        RipTideException failure = catchThrowableOfType(RipTideException.class, () -> get(host, tls));
        assertThat(failure.problem().code()).isEqualTo(ProblemCode.ORIGIN_FAILED);
        assertThat(failure.problem().detail()).isEqualTo("No trusted TLS connection with the origin.");
        assertThat(asked.get()).isNull();
    }

    private OriginAnswer get(String host, @Nullable TlsSocketStrategy tls) {
        GuardedDns dns =
                new GuardedDns(name -> new InetAddress[] {InetAddress.getLoopbackAddress()}, new AddressGuard(true));
        OriginLimits limits = OriginLimits.DEFAULT;
        try (Origin origin =
                new Origin(OriginClient.create(limits, dns, tls), limits, 1000, InstantSource.system(), executor)) {
            int port = server.getAddress().getPort();
            return origin.get(PageUrl.parse("https://" + host + ":" + port + "/"), List.of());
        }
    }

    /** A certificate that the JDK's own tool signs by itself, and a context that trusts it. */
    private SSLContext contextFor(String name) throws Exception {
        Path file = folder.resolve("origin.p12");
        Process tool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "origin",
                        "-keyalg",
                        "EC",
                        "-validity",
                        "3650",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=dns:" + name,
                        "-keystore",
                        file.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        assertThat(tool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return tls;
    }
}
