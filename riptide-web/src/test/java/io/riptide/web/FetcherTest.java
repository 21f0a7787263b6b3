package io.riptide.web;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import io.riptide.billing.UsageMeter;
import io.riptide.billing.UsageMeter.Meter;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.cache.PutOptions;
import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.PersistenceConfig;
import io.riptide.door.CallerOf;
import io.riptide.door.TenantCaller;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Quotas;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.testkit.ManualTime;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FetcherTest {
    private static final OriginLimits LIMITS =
            new OriginLimits(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(2), 200, 400, 64 * 1024);
    private static final PersistenceConfig CONFIG = PersistenceConfig.defaults();

    private static WireMockServer site;

    private final ManualTime time = new ManualTime();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private RocksDbEntryStore store;
    private PersistentCacheManager cache;
    private Fetcher fetcher;
    private TenantCaller acme;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startSite() {
        site = new WireMockServer(options().dynamicPort().bindAddress("127.0.0.1"));
        site.start();
    }

    @AfterAll
    static void stopSite() {
        site.stop();
    }

    @BeforeEach
    void open() {
        site.resetAll();
        store = RocksDbEntryStore.open(folder, CONFIG.rocksdb(), Durability.BUFFERED, executor);
        cache = new PersistentCacheManager(
                CONFIG.cache(), store, time, Thread::startVirtualThread, Runnable::run, Runnable::run);
        acme = CallerOf.tenant("acme", 10_000, cache, time);
        fetcher = fetcher(LIMITS);
    }

    @AfterEach
    void close() {
        fetcher.close();
        store.close();
        executor.shutdownNow();
    }

    @Test
    void aFreshPageIsAskedForOnceAndAgesUntilItIsStale() {
        page("/a", "max-age=60", "one");
        assertPage(fetch("/a"), "one", 0, "riptide; fwd=miss; stored");
        assertPage(fetch("/a"), "one", 0, "riptide; hit; detail=l2");
        time.advance(Duration.ofSeconds(59));
        assertPage(fetch("/a"), "one", 59, "riptide; hit; detail=l1");
        assertAsked("/a", 1);
        time.advance(Duration.ofSeconds(1));
        page("/a", "max-age=60", "two");
        assertPage(fetch("/a"), "two", 0, "riptide; fwd=miss; stored");
        assertAsked("/a", 1);
    }

    @Test
    void aPageThatTheTenantHasNoRoomForIsAnsweredAndNotCalledStored() {
        acme = CallerOf.tenant("small", new Quotas(10_000_000, 10_000, 100, 10), cache, time);
        page("/a", "max-age=60", "one");
        assertPage(fetch("/a"), "one", 0, "riptide; fwd=miss");
        assertPage(fetch("/a"), "one", 0, "riptide; fwd=miss");
        assertAsked("/a", 2);
    }

    @Test
    void aPageOutlivesTheMemoryOfTheProcess() {
        page("/a", "max-age=60", "one");
        fetch("/a");
        cache = new PersistentCacheManager(
                CONFIG.cache(), store, time, Thread::startVirtualThread, Runnable::run, Runnable::run);
        acme = CallerOf.tenant("acme", 10_000, cache, time);
        time.advance(Duration.ofSeconds(10));
        assertPage(fetch("/a"), "one", 10, "riptide; hit; detail=l2");
        assertPage(fetch("/a"), "one", 10, "riptide; hit; detail=l1");
        assertAsked("/a", 1);
    }

    @Test
    void theAgeThatTheOriginGivesShortensFreshness() {
        answer("/a", fresh("one").withHeader("Age", "50"));
        assertPage(fetch("/a"), "one", 50, "riptide; fwd=miss; stored");
        time.advance(Duration.ofSeconds(10));
        fetch("/a");
        assertAsked("/a", 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-store", "private, max-age=60", "no-cache, max-age=60", "max-age=0", "public"})
    void whatTheOriginDoesNotLeaveToOthersIsAskedForEachTime(String cacheControl) {
        page("/a", cacheControl, "one");
        assertPage(fetch("/a"), "one", 0, "riptide; fwd=miss");
        assertPage(fetch("/a"), "one", 0, "riptide; fwd=miss");
        assertAsked("/a", 2);
        assertThat(acme.cache().namespace(Fetcher.NAMESPACE).list(10, null).heads())
                .isEmpty();
    }

    @Test
    void aCallersNoStoreAndNoCachePassTheCacheBy() {
        page("/a", "max-age=60", "one");
        fetch("/a");
        assertPage(fetch("/a", "Cache-Control: no-cache"), "one", 0, "riptide; fwd=bypass");
        assertPage(fetch("/a", "Cache-Control: no-store"), "one", 0, "riptide; fwd=bypass");
        assertAsked("/a", 3);
        page("/b", "max-age=60", "two");
        fetch("/b", "Cache-Control: no-store");
        assertThat(acme.cache().namespace(Fetcher.NAMESPACE).list(10, null).heads())
                .hasSize(1);
    }

    @Test
    void aCallersMaxAgeBoundsTheAgeOfWhatItIsGiven() {
        page("/a", "max-age=60", "one");
        fetch("/a");
        time.advance(Duration.ofSeconds(20));
        assertPage(fetch("/a", "Cache-Control: max-age=20"), "one", 20, "riptide; hit; detail=l2");
        page("/a", "max-age=60", "two");
        assertPage(fetch("/a", "Cache-Control: max-age=19"), "two", 0, "riptide; fwd=request; stored");
        assertPage(fetch("/a"), "two", 0, "riptide; hit; detail=l2");
        time.advance(Duration.ofSeconds(1));
        page("/a", "max-age=60", "three");
        assertPage(fetch("/a", "Cache-Control: max-age=0"), "three", 0, "riptide; fwd=request; stored");
        assertThat(meter().operations()).isEqualTo(5);
        assertThat(meter().count(Meter.MISS))
                .as("each with a request of its own")
                .isEqualTo(3);
        assertThat(meter().count(Meter.LOAD)).isEqualTo(3);
        assertThat(meter().count(Meter.HIT_L2)).isEqualTo(2);
    }

    @Test
    void whatIsTooOldForACallerWhoseOriginFailsIsNoHitAndNoOperation() {
        page("/a", "max-age=60", "one");
        fetch("/a");
        time.advance(Duration.ofSeconds(20));
        answer("/a", aResponse().withFault(Fault.EMPTY_RESPONSE));
        assertProblem("/a", ProblemCode.ORIGIN_FAILED, "Cache-Control: max-age=19");
        assertThat(meter().operations()).isEqualTo(1);
        assertThat(meter().count(Meter.LOAD_FAILED)).isEqualTo(1);
        assertThat(acme.grant().allowance().probe().remaining()).isEqualTo(10_000);
        assertPage(fetch("/a"), "one", 20, "riptide; hit; detail=l1");
    }

    @Test
    void manyWhoTakeNothingOldAreAnsweredByOneRequest() throws Exception {
        page("/a", "max-age=60", "one");
        fetch("/a");
        time.advance(Duration.ofSeconds(20));
        answer("/a", fresh("two").withFixedDelay(300));
        List<Future<FetchResult>> calls = start(10, "/a", "Cache-Control: max-age=0");
        for (Future<FetchResult> call : calls) {
            assertThat(call.get().body()).asString().isEqualTo("two");
        }
        assertAsked("/a", 2);
        assertThat(meter().operations()).isEqualTo(11);
        assertThat(meter().count(Meter.LOAD)).isEqualTo(2);
    }

    @Test
    void statusHeadersAndBodyComeBackAndHopByHopOnesDoNot() {
        answer(
                "/gone",
                aResponse()
                        .withStatus(404)
                        .withHeader("Cache-Control", "max-age=60")
                        .withHeader("Content-Type", "text/plain")
                        .withHeader("X-Kept", "yes")
                        .withHeader("Connection", "X-Hop")
                        .withHeader("X-Hop", "1")
                        .withHeader("Keep-Alive", "timeout=5")
                        .withBody("gone"));
        for (int i = 0; i < 2; i++) {
            FetchResult result = fetch("/gone");
            assertThat(result.status()).isEqualTo(404);
            assertThat(result.headers()).contains(new HeaderField("Content-Type", "text/plain"));
            assertThat(result.headers()).contains(new HeaderField("X-Kept", "yes"));
            assertThat(result.headers())
                    .extracting(field -> field.name().toLowerCase(Locale.ROOT))
                    .doesNotContain("connection", "x-hop", "keep-alive", "transfer-encoding", "content-length");
            assertThat(result.bodyBytes()).isEqualTo(4);
            assertThat(result.body()).asString().isEqualTo("gone");
        }
        assertAsked("/gone", 1);
    }

    @Test
    void theOriginSeesTheProductTheTraceAndNoCredential() {
        page("/a", "max-age=60", "one");
        fetch("/a", "Authorization: Bearer rtk_1", "X-Tenant-ID: acme", "traceparent: 00-1-2-01", "X-Request-ID: r1");
        site.verify(getRequestedFor(urlEqualTo("/a"))
                .withHeader("User-Agent", equalTo(CONFIG.web().userAgent()))
                .withHeader("traceparent", equalTo("00-1-2-01"))
                .withHeader("X-Request-ID", equalTo("r1"))
                .withoutHeader("Authorization")
                .withoutHeader("X-Tenant-ID"));
    }

    @Test
    void aRedirectIsPassedOnAndKeptAsAnyOtherAnswer() {
        answer(
                "/old",
                aResponse()
                        .withStatus(301)
                        .withHeader("Location", "http://169.254.169.254/latest")
                        .withHeader("Cache-Control", "max-age=60"));
        assertThat(fetch("/old").status()).isEqualTo(301);
        FetchResult again = fetch("/old");
        assertThat(again.headers()).contains(new HeaderField("Location", "http://169.254.169.254/latest"));
        assertThat(again.bodyBytes()).isZero();
        assertAsked("/old", 1);
    }

    @Test
    void oneOriginRequestHoweverManyAskAtOnce() throws Exception {
        answer("/slow", fresh("slow").withFixedDelay(300));
        List<FetchResult> results = together(100, "/slow");
        assertThat(results)
                .allSatisfy(result -> assertThat(result.body()).asString().isEqualTo("slow"));
        assertThat(results).extracting(FetcherTest::cacheStatus).contains("riptide; fwd=miss; stored");
        assertAsked("/slow", 1);
        assertThat(meter().operations()).isEqualTo(100);
    }

    @Test
    void anAnswerForOneAloneIsNotHandedToTheOthersThatWait() throws Exception {
        answer(
                "/mine",
                aResponse().withHeader("Cache-Control", "private").withBody("x").withFixedDelay(200));
        assertThat(together(10, "/mine")).hasSize(10);
        assertAsked("/mine", 10);
        assertThat(meter().operations()).isEqualTo(10);
        assertThat(meter().count(Meter.MISS)).isEqualTo(10);
        assertThat(meter().count(Meter.LOAD)).as("each asked the origin").isEqualTo(10);
    }

    @Test
    void tenantsDoNotShareAPage() {
        page("/a", "max-age=60", "one");
        TenantCaller globex = CallerOf.tenant("globex", 10_000, cache, time);
        fetch("/a");
        assertThat(cacheStatus(fetcher.fetch(globex, url("/a"), List.of()))).isEqualTo("riptide; fwd=miss; stored");
        assertAsked("/a", 2);
        assertThat(globex.cache().namespace(Fetcher.NAMESPACE).list(10, null).heads())
                .hasSize(1);
    }

    @Test
    void aPageIsOneOperationHitOrMissAndNeverTwo() {
        page("/a", "max-age=60", "one");
        fetch("/a");
        fetch("/a");
        fetch("/a");
        fetch("/a", "Cache-Control: no-cache");
        assertThat(meter().operations()).isEqualTo(4);
        assertThat(meter().count(Meter.MISS)).isEqualTo(1);
        assertThat(meter().count(Meter.HIT_L2)).isEqualTo(1);
        assertThat(meter().count(Meter.HIT_L1)).isEqualTo(1);
        assertThat(meter().count(Meter.FETCH)).isEqualTo(1);
        assertThat(meter().count(Meter.LOAD))
                .as("past the cache costs what a miss does")
                .isEqualTo(2);
        assertThat(acme.grant().allowance().probe().remaining()).isEqualTo(10_000 - 4);
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void aFailedOriginIsCountedApartAndGivesItsPermitBack(Fault fault) {
        answer("/bad", aResponse().withFault(fault));
        assertProblem("/bad", ProblemCode.ORIGIN_FAILED);
        assertProblem("/bad", ProblemCode.ORIGIN_FAILED, "Cache-Control: no-store");
        assertThat(meter().operations()).isZero();
        assertThat(meter().count(Meter.LOAD_FAILED)).isEqualTo(2);
        assertThat(acme.grant().allowance().probe().remaining()).isEqualTo(10_000);
    }

    @Test
    void anOriginThatDripsIsAFailedOne() {
        answer("/drip", fresh("x".repeat(1000)).withChunkedDribbleDelay(50, 10_000));
        assertProblem("/drip", ProblemCode.ORIGIN_FAILED);
    }

    @Test
    void aFailureReachesAllWhoWaitAndIsNotKept() throws Exception {
        answer("/bad", aResponse().withFixedDelay(200).withFault(Fault.EMPTY_RESPONSE));
        List<Future<FetchResult>> calls = start(20, "/bad");
        for (Future<FetchResult> call : calls) {
            Throwable failure = catchThrowableOfType(java.util.concurrent.ExecutionException.class, call::get);
            assertThat(failure.getCause()).isInstanceOf(RipTideException.class);
        }
        assertAsked("/bad", 1);
        page("/bad", "max-age=60", "well again");
        assertThat(fetch("/bad").body()).asString().isEqualTo("well again");
    }

    @Test
    void aUrlLongerThanAKeyIsFetchedPastTheCache() {
        String path = "/" + "a".repeat(1100);
        page(path, "max-age=60", "long");
        assertPage(fetch(path), "long", 0, "riptide; fwd=bypass");
        assertPage(fetch(path), "long", 0, "riptide; fwd=bypass");
        assertThat(meter().count(Meter.FETCH)).isEqualTo(2);
    }

    @Test
    void whatATenantWroteUnderAPagesKeyIsNoPage() {
        page("/a", "max-age=60", "one");
        byte[] forged = "\1\1\0\310not a page".getBytes(StandardCharsets.ISO_8859_1);
        acme.cache().namespace(Fetcher.NAMESPACE).put(url("/a"), forged, PutOptions.DEFAULT);
        assertPage(fetch("/a"), "one", 0, "riptide; fwd=miss; stored");
    }

    @Test
    void anExpiresDateCountsWhereNoAgeIsGiven() {
        answer(
                "/a",
                aResponse()
                        .withHeader("Expires", date(time.wallMillis() + 30_000))
                        .withBody("one"));
        fetch("/a");
        time.advance(Duration.ofSeconds(29));
        assertThat(cacheStatus(fetch("/a"))).isEqualTo("riptide; hit; detail=l2");
        time.advance(Duration.ofSeconds(1));
        fetch("/a");
        assertAsked("/a", 2);
    }

    @Test
    void aTenantOverItsRateAsksNoOrigin() {
        page("/a", "no-store", "one");
        acme = CallerOf.tenant("small", 2, cache, time);
        fetch("/a");
        fetch("/a");
        assertProblem("/a", ProblemCode.QUOTA_EXCEEDED);
        assertProblem("/a", ProblemCode.QUOTA_EXCEEDED, "Cache-Control: no-store");
        assertAsked("/a", 2);
    }

    private List<FetchResult> together(int callers, String path) throws Exception {
        List<FetchResult> results = new ArrayList<>();
        for (Future<FetchResult> call : start(callers, path)) {
            results.add(call.get(30, TimeUnit.SECONDS));
        }
        return results;
    }

    private List<Future<FetchResult>> start(int callers, String path, String... headers) {
        CountDownLatch go = new CountDownLatch(1);
        List<Future<FetchResult>> calls = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            calls.add(executor.submit(() -> {
                go.await();
                return fetch(path, headers);
            }));
        }
        go.countDown();
        return calls;
    }

    private Fetcher fetcher(OriginLimits limits) {
        GuardedDns dns = new GuardedDns(InetAddress::getAllByName, new AddressGuard(true));
        Origin origin = new Origin(
                OriginClient.create(limits, dns, null),
                limits,
                CONFIG.web().maxBodyBytes(),
                () -> Instant.ofEpochMilli(time.wallMillis()),
                executor);
        return new Fetcher(CONFIG, () -> Instant.ofEpochMilli(time.wallMillis()), origin);
    }

    private FetchResult fetch(String path, String... fields) {
        return fetcher.fetch(acme, url(path), Fields.of(fields));
    }

    private static String url(String path) {
        return "http://127.0.0.1:" + site.port() + path;
    }

    private UsageMeter meter() {
        return acme.grant().meter();
    }

    private void page(String path, String cacheControl, String body) {
        site.resetRequests();
        answer(path, aResponse().withHeader("Cache-Control", cacheControl).withBody(body));
    }

    private static ResponseDefinitionBuilder fresh(String body) {
        return aResponse().withHeader("Cache-Control", "max-age=60").withBody(body);
    }

    /** The site's clock is the test's, for an answer's date counts in its age. */
    private void answer(String path, ResponseDefinitionBuilder answer) {
        site.stubFor(get(urlEqualTo(path)).willReturn(answer.withHeader("Date", date(time.wallMillis()))));
    }

    private static String date(long millis) {
        return DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US)
                .format(Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC));
    }

    private static void assertAsked(String path, int times) {
        site.verify(times, getRequestedFor(urlEqualTo(path)));
    }

    private void assertProblem(String path, ProblemCode code, String... fields) {
        RipTideException failure = catchThrowableOfType(RipTideException.class, () -> fetch(path, fields));
        assertThat(failure).isNotNull();
        assertThat(failure.problem().code()).isEqualTo(code);
    }

    private static void assertPage(FetchResult result, String body, long age, String cacheStatus) {
        assertThat(result.body()).asString().isEqualTo(body);
        assertThat(HeaderField.all(result.headers(), "age")).containsExactly(Long.toString(age));
        assertThat(cacheStatus(result)).isEqualTo(cacheStatus);
    }

    private static String cacheStatus(FetchResult result) {
        return HeaderField.first(result.headers(), "cache-status");
    }
}
