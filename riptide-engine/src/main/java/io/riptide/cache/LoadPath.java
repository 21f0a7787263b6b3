package io.riptide.cache;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.entry.Head;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.Problem;
import io.riptide.problem.RipTideException;
import io.riptide.spi.TenantRecord;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads with a loader of one namespace, once the permits are taken: what is fresh, what may be served stale, what is
 * remembered, or what a load brings, in that order.
 */
final class LoadPath {
    private static final int PERCENT = 100;

    private final TenantCache cache;
    private final TenantGrant grant;
    private final ReadPath reads;
    private final Flights flights;
    private final LoadTerms own;

    LoadPath(TenantCache cache, Namespace namespace, ReadPath reads, WritePath writes) {
        this.cache = cache;
        this.grant = cache.grant();
        this.reads = reads;
        this.flights = new Flights(cache, reads, writes);
        this.own =
                LoadTerms.of(cache.tiers().config().namespace(namespace.name()).load());
    }

    /** A read for which L1 had nothing fresh. */
    Lookup orLoad(L1Key at, Loader loader, LoadOptions options) {
        LoadTerms terms = own.with(options);
        Found found = cache.share().kept(at);
        if (found == null) {
            try {
                found = reads.find(at);
            } catch (RipTideException e) {
                return reads.unprovenOrThrow(at, terms.ifErrorMillis(), loader, e);
            }
        }
        if (found == null) {
            return load(new Flights.Call(at, loader, terms, null), null);
        }
        long now = now();
        Flights.Call call = new Flights.Call(at, loader, terms, found);
        if (found.freshAt(now)) {
            if (!call.accepts(found.hit())) {
                return load(call, null);
            }
            grant.meter().add(found.hit().tier() == Lookup.Tier.L1 ? Meter.HIT_L1 : Meter.HIT_L2);
            refreshIfOld(at, found.hit(), loader, options);
            return found.hit();
        }
        if (found.head().saysNothing()) {
            if (found.nothingMillis(terms.negativeMillis(), now) > 0) {
                grant.meter().add(Meter.MISS);
                return Lookup.MISS;
            }
            return load(call, null);
        }
        if (!call.accepts(found.hit())) {
            return load(call, null);
        }
        long left = found.staleMillis(terms.whileRevalidateMillis(), now);
        if (left > 0) {
            return stale(found, flights.behind(call, left) ? Lookup.Why.REFRESHING : Lookup.Why.FAILED);
        }
        return load(call, found);
    }

    /**
     * Has an entry loaded anew behind the read that it answers, where it is in the last part of its life. Nobody waits
     * for it, and where it fails the entry stays what it is; it is then left alone for a while.
     */
    void refreshIfOld(L1Key at, Lookup.Hit hit, Loader loader, LoadOptions options) {
        Integer asked = options.earlyRefreshPercent();
        int percent = asked == null ? own.earlyPercent() : asked;
        if (percent == 0) {
            return;
        }
        Head head = hit.entry().head();
        long left = head.expiresMillis() - now();
        long life = head.expiresMillis() - head.createdMillis();
        if (left * PERCENT < life * percent) {
            Found found = new Found(hit, head.expiresMillis());
            var unused = flights.behind(new Flights.Call(at, loader, own.with(options), found), left);
        }
    }

    /**
     * Loads, or waits for a load under way.
     *
     * @param ended what may be served instead, as long as the terms allow it
     */
    private Lookup load(Flights.Call call, @Nullable Found ended) {
        long useful = useful(call.terms(), ended);
        if (ended != null && useful > 0 && cache.tiers().resting().contains(cache, call.at())) {
            return stale(ended, Lookup.Why.FAILED);
        }
        try {
            Problem failure = cache.tiers()
                    .resting()
                    .failure(cache, call.at(), call.terms().failureNanos());
            if (failure != null) {
                throw failure.asException();
            }
            Lookup loaded = flights.await(call, useful);
            if (loaded == null) {
                return stale(Objects.requireNonNull(ended), Lookup.Why.SLOW);
            }
            grant.meter().add(meter(loaded));
            return loaded;
        } catch (RipTideException e) {
            if (ended != null && useful(call.terms(), ended) > 0 && grant.status() == TenantRecord.Status.ACTIVE) {
                return stale(ended, Lookup.Why.FAILED);
            }
            grant.allowance().giveBack(1);
            throw e;
        }
    }

    private long useful(LoadTerms terms, @Nullable Found ended) {
        return ended == null ? 0 : ended.staleMillis(terms.ifErrorMillis(), now());
    }

    private Lookup stale(Found ended, Lookup.Why why) {
        grant.meter().add(Meter.STALE);
        return ended.stale(why);
    }

    private static Meter meter(Lookup loaded) {
        return loaded instanceof Lookup.Hit hit && hit.tier() != Lookup.Tier.LOADED ? Meter.HIT_L2 : Meter.MISS;
    }

    private long now() {
        return cache.tiers().time().wallMillis();
    }
}
