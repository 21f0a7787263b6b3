package io.riptide.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.riptide.config.TokenConfig;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.testkit.ManualTime;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that a real https server publishes, well and badly. */
class PublishedKeysTest {
    private static final char[] PASSWORD = "only for the file".toCharArray();
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final KeyPair FIRST = SignedTokens.ec("secp256r1");
    private static final KeyPair SECOND = SignedTokens.ec("secp256r1");

    @TempDir
    private static Path folder;

    private static SSLContext trusting;
    private static SSLContext serving;

    private final ManualTime time = new ManualTime();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();
    private volatile Answer answer = exchange -> {};
    private HttpsServer server;
    private TokenCheck check;

    @FunctionalInterface
    private interface Answer {
        void to(HttpExchange exchange) throws Exception;
    }

    /** A certificate that signs itself, made by the JDK's keytool. */
    @BeforeAll
    static void makeCertificate() throws Exception {
        Path file = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "issuer",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=issuer",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance(file.toFile(), PASSWORD);
        KeyManagerFactory identity = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        identity.init(keys, PASSWORD);
        serving = SSLContext.getInstance("TLS");
        serving.init(identity.getKeyManagers(), null, null);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("issuer", keys.getCertificate("issuer"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(serving));
        server.setExecutor(threads);
        server.createContext("/keys", exchange -> {
            asked.incrementAndGet();
            try (exchange) {
                answer.to(exchange);
            } catch (Exception e) {
                // Whoever asked has gone.
                return;
            }
        });
        server.start();
        check = check(trusting, PATIENCE);
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        threads.close();
    }

    private String url() {
        return "https://127.0.0.1:" + server.getAddress().getPort() + "/keys";
    }

    private TokenCheck check(SSLContext trust, Duration patience) {
        PublishedKeys published = new PublishedKeys(URI.create(url()), trust, patience);
        TokenConfig config = new TokenConfig("https://id.example", "riptide", url(), "");
        return new TokenCheck(config, new RemoteKeys(published, time), time);
    }

    private static String jwk(String id, KeyPair pair) {
        ECPublicKey key = (ECPublicKey) pair.getPublic();
        return "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"" + id + "\",\"x\":\""
                + coordinate(key.getW().getAffineX().toByteArray()) + "\",\"y\":\""
                + coordinate(key.getW().getAffineY().toByteArray()) + "\"}";
    }

    private static String coordinate(byte[] number) {
        byte[] fixed = new byte[32];
        int length = Math.min(32, number.length);
        System.arraycopy(number, number.length - length, fixed, 32 - length, length);
        return SignedTokens.base64(fixed);
    }

    private static Answer set(String... keys) {
        byte[] body = ("{\"keys\":[" + String.join(",", keys) + "]}").getBytes(StandardCharsets.UTF_8);
        return exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        };
    }

    /** Whether a token that this key signed, and that names it so, is taken. */
    private boolean taken(TokenCheck by, String id, KeyPair pair) throws Exception {
        String claims = "{\"iss\":\"https://id.example\",\"aud\":\"riptide\",\"exp\":"
                + (time.wallMillis() / 1000 + 86_400) + "}";
        String token = SignedTokens.sign("{\"alg\":\"ES256\",\"kid\":\"" + id + "\"}", claims, pair.getPrivate());
        var parsed = TokenCheck.parse(token);
        assertThat(parsed).isNotNull();
        return by.signer(parsed, parsed.getJWTClaimsSet()) != null;
    }

    private boolean taken(String id, KeyPair pair) throws Exception {
        return taken(check, id, pair);
    }

    @Test
    void keysAreReadOverTlsAndAnUnknownOneIsAskedForEveryThirtySecondsAtMost() throws Exception {
        answer = set(jwk("a", FIRST));
        assertThat(taken("a", FIRST)).isTrue();
        assertThat(taken("a", SECOND)).as("signed by another").isFalse();
        for (int i = 0; i < 50; i++) {
            assertThat(taken("forged" + i, SECOND)).isFalse();
        }
        assertThat(asked).hasValue(1);
        answer = set(jwk("a", FIRST), jwk("b", SECOND));
        time.advance(Duration.ofSeconds(29));
        assertThat(taken("b", SECOND)).isFalse();
        assertThat(asked).hasValue(1);
        time.advance(Duration.ofSeconds(1));
        assertThat(taken("b", SECOND)).isTrue();
        assertThat(taken("c", SECOND)).isFalse();
        assertThat(asked).hasValue(2);
    }

    @Test
    void aCertificateThatNobodyTrustsIsNoIssuers() {
        answer = set(jwk("a", FIRST));
        assertThatThrownBy(() -> taken(check(SSLContext.getDefault(), PATIENCE), "a", FIRST))
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.STORE_UNAVAILABLE));
        assertThat(asked).as("it never came to a question").hasValue(0);
    }

    private static final Answer TEN_MEGABYTES = exchange -> {
        exchange.sendResponseHeaders(200, 0);
        byte[] some = new byte[1 << 20];
        Arrays.fill(some, (byte) ' ');
        for (int i = 0; i < 10; i++) {
            exchange.getResponseBody().write(some);
        }
    };

    private Answer hanging() {
        return exchange -> over.await();
    }

    /** A byte now and then, for as long as anybody listens: no read of it ever takes long. */
    private Answer dripping() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                while (!over.await(50, TimeUnit.MILLISECONDS)) {
                    body.write(' ');
                    body.flush();
                }
            }
        };
    }

    private static Answer status(int status) {
        return exchange -> exchange.sendResponseHeaders(status, -1);
    }

    private static Answer movedToPlainHttp() {
        return exchange -> {
            exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/keys");
            exchange.sendResponseHeaders(302, -1);
        };
    }

    private List<Answer> bad() {
        Answer garbage = exchange -> {
            exchange.sendResponseHeaders(200, 3);
            exchange.getResponseBody().write(new byte[] {'{', 'x', '}'});
        };
        return List.of(status(500), status(404), garbage, movedToPlainHttp(), TEN_MEGABYTES, hanging(), dripping());
    }

    @Test
    void whateverTheIssuerAnswersWhoseKeyIsKnownIsLetIn() throws Exception {
        answer = set(jwk("a", FIRST));
        assertThat(taken("a", FIRST)).isTrue();
        int before = 1;
        for (Answer one : bad()) {
            answer = one;
            time.advance(Duration.ofMinutes(11));
            long begun = System.nanoTime();
            assertThat(taken("a", FIRST)).isTrue();
            assertThat(taken("b", SECOND)).isFalse();
            assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(30));
            assertThat(asked).as("once, not again for a while").hasValue(++before);
        }
        answer = set(jwk("b", SECOND));
        time.advance(Duration.ofSeconds(30));
        assertThat(taken("b", SECOND)).isTrue();
        assertThat(taken("a", FIRST)).as("taken out of the set").isFalse();
    }

    @Test
    void whileOneWaitsForTheIssuerOthersAreLetIn() throws Exception {
        check = check(trusting, Duration.ofMinutes(1));
        answer = set(jwk("a", FIRST));
        assertThat(taken("a", FIRST)).isTrue();
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Answer renewed = set(jwk("a", FIRST), jwk("b", SECOND));
        answer = exchange -> {
            arrived.countDown();
            go.await();
            renewed.to(exchange);
        };
        time.advance(Duration.ofSeconds(30));
        Future<Boolean> waiting = threads.submit(() -> taken("b", SECOND));
        arrived.await();
        for (int i = 0; i < 100; i++) {
            assertThat(taken("a", FIRST)).isTrue();
        }
        assertThat(waiting.isDone()).isFalse();
        go.countDown();
        assertThat(waiting.get()).isTrue();
    }

    @Test
    void whereNoKeyWasEverReadTokensAreNotCalledBad() throws Exception {
        for (Answer one : bad()) {
            answer = one;
            time.advance(Duration.ofSeconds(30));
            List<Future<Boolean>> callers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                callers.add(threads.submit(() -> taken("a", FIRST)));
            }
            for (Future<Boolean> caller : callers) {
                assertThatThrownBy(caller::get).hasCauseInstanceOf(RipTideException.class);
            }
        }
        assertThat(asked).hasValue(bad().size());
        answer = set(jwk("a", FIRST));
        time.advance(Duration.ofSeconds(30));
        assertThat(taken("a", FIRST)).isTrue();
    }

    @Test
    void plainHttpIsRefusedByConfiguration() {
        for (String name : Set.of("security.jwt", "security.admin_jwt")) {
            assertThatThrownBy(() -> DoorRig.config(
                            name + ".issuer=i",
                            name + ".audience=a",
                            name + ".jwks_url=" + url().replace("https", "http")))
                    .isInstanceOf(RipTideException.class)
                    .hasMessageContaining(name + ".jwks_url");
        }
    }
}
