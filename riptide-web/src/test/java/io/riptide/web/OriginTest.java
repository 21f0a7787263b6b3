package io.riptide.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class OriginTest {
    private static final int MAX_BODY = 10_000;
    private static final OriginLimits LIMITS =
            new OriginLimits(Duration.ofSeconds(2), Duration.ofMillis(700), Duration.ofMillis(1500), 2, 4, 4000);

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private HostLookup lookup = InetAddress::getAllByName;
    private boolean allowPrivate = true;

    @AfterEach
    void end() {
        executor.shutdownNow();
    }

    @Test
    void sendsTheTargetAsItIsAndTheFieldsItIsGiven() throws IOException {
        try (RawOrigin origin = RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")) {
            OriginAnswer answer = get(origin.url("/a%2Fb//c/../d;x=1?q=%20+%2B&r"), "User-Agent: RipTide/2", "X: 1");
            assertThat(answer.body()).asString().isEqualTo("hi");
            assertThat(origin.requests()).singleElement().satisfies(head -> {
                assertThat(head).startsWith("GET /a%2Fb//c/../d;x=1?q=%20+%2B&r HTTP/1.1\r\n");
                assertThat(head.lines().skip(1).filter(line -> !line.isEmpty()))
                        .containsExactlyInAnyOrder(
                                "User-Agent: RipTide/2",
                                "X: 1",
                                "Host: 127.0.0.1:" + origin.port(),
                                "Connection: keep-alive");
            });
        }
    }

    @Test
    void aPathThatBeginsWithTwoSlashesIsSentAsItIs() throws IOException {
        try (RawOrigin origin = RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
            get(origin.url("//x/y?"));
            assertThat(origin.requests().getFirst()).startsWith("GET //x/y? HTTP/1.1\r\n");
        }
    }

    @Test
    void aRedirectIsAnAnswerAndIsNotFollowed() throws IOException {
        try (RawOrigin inside = RawOrigin.answering("HTTP/1.1 200 OK\r\n\r\nsecret");
                RawOrigin origin = RawOrigin.answering(
                        "HTTP/1.1 302 Found\r\nLocation: " + inside.url("/admin") + "\r\nContent-Length: 0\r\n\r\n")) {
            OriginAnswer answer = get(origin.url("/"));
            assertThat(answer.status()).isEqualTo(302);
            assertThat(answer.fields()).contains(new HeaderField("Location", inside.url("/admin")));
            assertThat(inside.requests()).isEmpty();
        }
    }

    @Test
    void encodedBodiesAndCookiesComeAsTheyAre() throws IOException {
        try (RawOrigin origin = RawOrigin.answering(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nSet-Cookie: a=b\r\nContent-Length: 3\r\n\r\nzip")) {
            assertThat(get(origin.url("/")).body()).asString().isEqualTo("zip");
            assertThat(get(origin.url("/")).fields()).contains(new HeaderField("Content-Encoding", "gzip"));
            assertThat(origin.requests()).hasSize(2).noneMatch(head -> head.contains("Cookie"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\nh\r\n1\r\ni\r\n0\r\nTrailer: x\r\n\r\n",
                "HTTP/1.0 200 OK\r\n\r\nhi",
                "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi and more than it said",
            })
    void readsEveryFramingOfABody(String text) throws IOException {
        try (RawOrigin origin = RawOrigin.answering(text)) {
            assertThat(get(origin.url("/")).body()).asString().isEqualTo("hi");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense\r\n\r\n",
                "HTTP/1.1\r\n\r\n",
                "HTTP/1.1 abc OK\r\n\r\n",
                "HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 600 High\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                "HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\u0000b\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhi",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhi",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhi\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nhi\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhi",
            })
    void whatIsNotHttpIsAFailedOrigin(String text) throws IOException {
        try (RawOrigin origin = RawOrigin.answering(text)) {
            assertFailed(origin.url("/"));
        }
    }

    @Test
    void aHeaderWithoutEndIsAFailedOrigin() throws IOException {
        try (RawOrigin origin = new RawOrigin(out -> {
            out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write(("X-Filler: " + "x".repeat(500) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            }
        })) {
            assertFailed(origin.url("/"));
        }
        try (RawOrigin origin = RawOrigin.answering("HTTP/1.1 200 OK\r\nX: " + "x".repeat(5000) + "\r\n\r\n")) {
            assertThat(assertFailed(origin.url("/")).problem().detail()).contains("4000");
        }
    }

    @Test
    void aBodyOverTheLimitIsAFailedOriginHoweverItIsFramed() throws IOException {
        String announced = "HTTP/1.1 200 OK\r\nContent-Length: 10001\r\n\r\n" + "x".repeat(10_001);
        String endless = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        try (RawOrigin lengthy = RawOrigin.answering(announced);
                RawOrigin liar = RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx");
                RawOrigin chunks = flood(endless + "7fffffff\r\n");
                RawOrigin toTheEnd = flood("HTTP/1.0 200 OK\r\n\r\n")) {
            for (RawOrigin origin : List.of(lengthy, liar, chunks, toTheEnd)) {
                RipTideException failure = assertFailed(origin.url("/"));
                assertThat(failure.problem().detail()).contains("web.max_body_bytes (10000)");
                assertThat(failure.problem().values()).containsEntry("limit", MAX_BODY);
            }
        }
    }

    @Test
    void aBodyOfExactlyTheLimitIsTaken() throws IOException {
        try (RawOrigin origin = RawOrigin.answering("HTTP/1.0 200 OK\r\n\r\n" + "x".repeat(MAX_BODY))) {
            assertThat(get(origin.url("/")).body()).hasSize(MAX_BODY);
        }
    }

    @Test
    void anOriginThatHangsIsGivenUp() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        try (RawOrigin origin = new RawOrigin(out -> await(over))) {
            assertThat(assertFailed(origin.url("/")).problem().detail())
                    .isEqualTo("The origin did not answer in time.");
        } finally {
            over.countDown();
        }
    }

    @Test
    void anOriginThatDripsIsGivenUpWhenTheWholeTimeIsOver() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        try (RawOrigin origin = new RawOrigin(out -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (!awaitFor(over, 50)) {
                out.write('x');
                out.flush();
            }
        })) {
            assertThat(assertFailed(origin.url("/")).problem().detail()).contains("not complete within");
        } finally {
            over.countDown();
        }
    }

    @Test
    void noConnectionAndNoNameAreFailedOrigins() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        assertThat(assertFailed("http://127.0.0.1:" + free + "/").problem().detail())
                .isEqualTo("The origin takes no connection.");
        lookup = host -> {
            throw new UnknownHostException("internal resolver 10.0.0.53 says no");
        };
        assertThat(assertFailed("http://nowhere.example/").problem().detail())
                .isEqualTo("The origin's name does not resolve.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/",
                "http://localhost/",
                "http://2130706433/",
                "http://0x7f.1/",
                "http://[::1]/",
                "http://[::ffff:10.0.0.1]/",
                "http://169.254.169.254/latest/meta-data",
                "http://[fd00:ec2::254]/",
                "http://0/",
                "https://192.168.0.1/"
            })
    void privateAddressesAreRefusedInEverySpelling(String url) {
        allowPrivate = false;
        assertRefused(url);
    }

    @Test
    void aNameWithOnePrivateAddressAmongItsOwnIsRefused() throws IOException {
        allowPrivate = false;
        InetAddress good = InetAddress.getByName("8.8.8.8");
        lookup = host -> new InetAddress[] {good, InetAddress.getByName("10.0.0.1")};
        assertRefused("http://two-faced.example/");
    }

    /** First public, then private: the name is asked once and the connection goes to the first answer. */
    @Test
    void aNameThatChangesItsAddressAfterJudgementGainsNothing() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        InetAddress judged = InetAddress.getByName("127.0.0.1");
        InetAddress later = InetAddress.getByName("127.0.0.2");
        lookup = host -> new InetAddress[] {asked.getAndIncrement() == 0 ? judged : later};
        try (RawOrigin origin = RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")) {
            OriginAnswer answer = get("http://rebinding.example:" + origin.port() + "/");
            assertThat(answer.body()).asString().isEqualTo("hi");
            assertThat(asked).hasValue(1);
            assertThat(origin.requests().getFirst()).contains("\r\nHost: rebinding.example:" + origin.port() + "\r\n");
        }
    }

    @Test
    void aNameIsJudgedAnewForEachRequest() throws IOException {
        allowPrivate = false;
        AtomicInteger asked = new AtomicInteger();
        InetAddress unroutable = InetAddress.getByName("8.8.8.8");
        InetAddress inside = InetAddress.getLoopbackAddress();
        lookup = host -> {
            if (asked.getAndIncrement() == 0) {
                throw new UnknownHostException(unroutable.toString());
            }
            return new InetAddress[] {inside};
        };
        assertFailed("http://rebinding.example/");
        assertRefused("http://rebinding.example/");
        assertThat(asked).hasValue(2);
    }

    @Test
    void requestsToOneOriginAreBoundedAndTheRestIsToldSo() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        CountDownLatch arrived = new CountDownLatch(LIMITS.connectionsEach());
        OriginLimits limits =
                new OriginLimits(Duration.ofMillis(300), Duration.ofSeconds(20), Duration.ofSeconds(20), 2, 4, 4000);
        try (RawOrigin busy = new RawOrigin(out -> {
                    arrived.countDown();
                    await(over);
                    out.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                });
                Origin origin = origin(limits)) {
            PageUrl url = PageUrl.parse(busy.url("/"));
            var waiting = List.of(
                    executor.submit(() -> origin.get(url, List.of())),
                    executor.submit(() -> origin.get(url, List.of())));
            arrived.await();
            RipTideException failure = catchThrowableOfType(RipTideException.class, () -> origin.get(url, List.of()));
            assertThat(failure.problem().detail()).contains("Too many requests");
            over.countDown();
            for (var answer : waiting) {
                assertThat(answer.get(5, TimeUnit.SECONDS).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aPageAskedForWhileTheServerStopsIsAFailedOrigin() {
        executor.shutdownNow();
        assertThat(assertFailed("http://127.0.0.1:1/").problem().detail()).isEqualTo("This server is stopping.");
    }

    private static RawOrigin flood(String head) throws IOException {
        return new RawOrigin(out -> {
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write(new byte[8192]);
            }
        });
    }

    private static void await(CountDownLatch latch) {
        awaitFor(latch, 20_000);
    }

    private static boolean awaitFor(CountDownLatch latch, long millis) {
        try {
            return latch.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private RipTideException assertFailed(String url) {
        return assertProblem(url, ProblemCode.ORIGIN_FAILED);
    }

    private void assertRefused(String url) {
        assertProblem(url, ProblemCode.ORIGIN_REFUSED);
    }

    private RipTideException assertProblem(String url, ProblemCode code) {
        RipTideException failure = catchThrowableOfType(RipTideException.class, () -> get(url));
        assertThat(failure).as(url).isNotNull();
        assertThat(failure.problem().code()).isEqualTo(code);
        assertThat(failure.problem().detail()).doesNotContain("Exception", "127.0.0.1", "10.0.0");
        return failure;
    }

    private OriginAnswer get(String url, String... fields) {
        try (Origin origin = origin(LIMITS)) {
            return origin.get(PageUrl.parse(url), Fields.of(fields));
        }
    }

    private Origin origin(OriginLimits limits) {
        GuardedDns dns = new GuardedDns(host -> lookup.addresses(host), new AddressGuard(allowPrivate));
        return new Origin(OriginClient.create(limits, dns, null), limits, MAX_BODY, InstantSource.system(), executor);
    }
}
