package io.riptide.web;

import io.riptide.cache.LoadOptions;
import io.riptide.cache.Loader;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.config.PersistenceConfig;
import io.riptide.door.TenantCaller;
import io.riptide.entry.Entry;
import io.riptide.entry.Head;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Reads pages through a tenant's cache, as a shared cache of RFC 9111 that keeps what an origin calls fresh ({@code
 * s-maxage}, {@code max-age}, {@code Expires}) and nothing else. However many of a tenant's callers ask for a page
 * that is not there, one request goes to the origin; an answer that the origin gives to one alone ({@code no-store},
 * {@code private}, a cookie, {@code Vary}) goes to that one alone, and the others then ask for themselves.
 *
 * <p>Counted: one operation a page, a hit or a miss where the cache was asked, a fetch where it was passed by, and
 * each request to an origin as a load beside its miss; a page whose origin failed is none, and its permit is given
 * back. Threads: any number; a call waits for its origin, at most
 * as long as the limits say. Close it after the server has stopped.
 */
public final class Fetcher implements AutoCloseable {
    /** Where a tenant's pages lie among its entries. */
    public static final String NAMESPACE = "_web";

    private static final int MAX_KEY_BYTES = 1024;
    private static final String CONTENT_TYPE = "application/x-riptide-page";
    private static final long SECOND = 1000;
    /** Whether a page may be served stale is its origin's to say. */
    private static final LoadOptions NEVER_STALE =
            LoadOptions.DEFAULT.staleWhileRevalidate(Duration.ZERO).staleIfError(Duration.ZERO);

    private final Origin origin;
    private final String userAgent;
    private final long maxTtlMillis;
    private final int maxEntryBytes;
    private final InstantSource time;

    /**
     * With the machine's name service and trust.
     *
     * @param executor a thread for each request to an origin, virtual ones best; not closed here
     */
    public Fetcher(PersistenceConfig config, InstantSource time, ExecutorService executor) {
        this(config, time, origin(config, time, executor));
    }

    Fetcher(PersistenceConfig config, InstantSource time, Origin origin) {
        this.origin = origin;
        this.userAgent = config.web().userAgent();
        this.maxTtlMillis = config.cache().maxTtlSeconds() * SECOND;
        this.maxEntryBytes = config.cache().maxEntryBytes();
        this.time = time;
    }

    private static Origin origin(PersistenceConfig config, InstantSource time, ExecutorService executor) {
        AddressGuard guard = new AddressGuard(config.web().allowPrivateAddresses());
        GuardedDns dns = new GuardedDns(InetAddress::getAllByName, guard);
        OriginLimits limits = OriginLimits.DEFAULT;
        return new Origin(
                OriginClient.create(limits, dns, null), limits, config.web().maxBodyBytes(), time, executor);
    }

    /**
     * The page at a URL, where the caller may have pages of its host.
     *
     * @param url as it was given, decoded once; null where it was left out
     * @param headers of the caller's request, as they came
     * @throws RipTideException {@code invalid-request} naming {@code url}, {@code access-denied}, {@code
     *     origin-refused}, {@code origin-failed}; and what a cache refuses a read with: suspended, over the rate
     */
    public FetchResult fetch(TenantCaller caller, @Nullable String url, List<HeaderField> headers) {
        PageUrl page = PageUrl.parse(url);
        caller.requireHost(page.host());
        Directives request = Directives.of(headers);
        List<HeaderField> toOrigin = HeaderRules.toOrigin(headers, userAgent);
        boolean passBy = request.has("no-store")
                || request.has("no-cache")
                || page.key().getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES;
        if (passBy) {
            return pastCache(caller, page, toOrigin);
        }
        Visit visit = new Visit(page, toOrigin, request.seconds("max-age"));
        Lookup.Hit hit;
        try {
            hit = visit.read(caller.cache().namespace(NAMESPACE));
        } catch (RipTideException e) {
            if (e.problem().code() == ProblemCode.STORE_UNAVAILABLE) {
                return pastCache(caller, page, toOrigin);
            }
            throw e;
        }
        return answer(visit, hit);
    }

    @Override
    public void close() {
        origin.close();
    }

    private FetchResult answer(Visit visit, Lookup.Hit hit) {
        Page page = Objects.requireNonNull(visit.page(hit.entry()), "what was accepted or loaded is a page");
        String status = switch (hit.tier()) {
            case L1 -> "hit; detail=l1";
            case L2 -> "hit; detail=l2";
            // Else an entry that was there may meanwhile be loaded anew behind this read.
            case LOADED -> visit.forwarded(hit.entry().head());
        };
        return result(page, hit.entry(), status);
    }

    private FetchResult pastCache(TenantCaller caller, PageUrl url, List<HeaderField> toOrigin) {
        caller.beginFetch();
        try {
            FetchResult result = result(origin.get(url, toOrigin), "fwd=bypass");
            caller.fetched();
            return result;
        } catch (RipTideException e) {
            caller.fetchFailed();
            throw e;
        }
    }

    private FetchResult result(OriginAnswer answer, String status) {
        Freshness freshness = freshness(answer);
        byte[] body = answer.body();
        Page page = new Page(answer.status(), HeaderRules.toCaller(answer.fields()), freshness.bornMillis(), false, 0);
        Head head = new Head("", "", 0, 0, 0, body.length, 0, List.of(), List.of());
        return result(page, new Entry(head, body), status);
    }

    private FetchResult result(Page page, Entry value, String status) {
        List<HeaderField> headers = new ArrayList<>(page.fields());
        headers.add(new HeaderField("Age", Long.toString(ageSeconds(page))));
        headers.add(new HeaderField("Cache-Status", "riptide; " + status));
        return new FetchResult(page.status(), headers, value, page.bodyAt());
    }

    private long ageSeconds(Page page) {
        return Math.max(0, time.millis() - page.bornMillis()) / SECOND;
    }

    private static Freshness freshness(OriginAnswer answer) {
        return Freshness.of(answer.requestMillis(), answer.responseMillis(), answer.status(), answer.fields());
    }

    /** A value, and the page that it is, or null. */
    private record Seen(Entry entry, @Nullable Page page) {}

    /** One caller's read of one page: what it may be given, and whether it asked the origin. */
    private final class Visit implements Loader {
        private final PageUrl url;
        private final List<HeaderField> toOrigin;
        private final long maxAgeSeconds;
        private volatile boolean tooOld;
        private volatile boolean asked;
        private volatile @Nullable Seen seen;

        /** With the age that the caller takes at most; negative: any. */
        Visit(PageUrl url, List<HeaderField> toOrigin, long maxAgeSeconds) {
            this.url = url;
            this.toOrigin = toOrigin;
            this.maxAgeSeconds = maxAgeSeconds;
        }

        Lookup.Hit read(Namespace pages) {
            return switch (pages.getOrLoad(url.key(), this, NEVER_STALE)) {
                case Lookup.Hit hit -> hit;
                case Lookup.Stale stale -> throw new IllegalStateException("a stale page was not asked for");
                case Lookup.Miss miss -> throw new IllegalStateException("a loaded page is missing");
            };
        }

        /** What a value is, or null where it is no page. Looked at once, by whichever thread. */
        @Nullable Page page(Entry entry) {
            Seen last = seen;
            if (last == null || last.entry != entry) {
                last = new Seen(entry, Page.decode(entry));
                seen = last;
            }
            return last.page;
        }

        /** A page for all, and not too old for this caller. */
        @Override
        public boolean accepts(Entry entry) {
            Page page = page(entry);
            if (page == null || !page.shared()) {
                return false;
            }
            boolean old = maxAgeSeconds >= 0 && ageSeconds(page) > maxAgeSeconds;
            if (old) {
                tooOld = true;
            }
            return !old;
        }

        /** Why the origin was asked, by whom, and whether the answer was kept, in the words of RFC 9211. */
        String forwarded(Head head) {
            String why = tooOld ? "fwd=request" : "fwd=miss";
            if (!asked) {
                return why + "; collapsed";
            }
            return head.version() > 0 ? why + "; stored" : why;
        }

        @Override
        public Loaded load(String key) {
            OriginAnswer answer = origin.get(url, toOrigin);
            asked = true;
            Freshness freshness = freshness(answer);
            byte[] value = Page.encode(answer, HeaderRules.toCaller(answer.fields()), freshness);
            long ttl = Math.min(freshness.remainingMillis(time.millis()), maxTtlMillis);
            boolean kept = freshness.storable() && ttl > 0 && value.length <= maxEntryBytes;
            PutOptions options =
                    PutOptions.ttl(Duration.ofMillis(Math.max(1, ttl))).contentType(CONTENT_TYPE);
            return new Loaded(value, kept ? options : null);
        }
    }
}
