package io.riptide.proof.permits;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.PermitLeases;
import io.riptide.spi.Time;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Buckets that several nodes in one process share, and that can be put out of reach. */
final class MemoryPermitLeases {
    private static final double MINUTE = 60_000_000_000.0;

    private final Time time;
    private final Map<String, Bucket> buckets = new HashMap<>();
    private boolean reachable = true;
    private int settled;

    MemoryPermitLeases(Time time) {
        this.time = time;
    }

    synchronized void reachable(boolean now) {
        reachable = now;
    }

    /** As a server does that comes back without what it had. */
    synchronized void empty() {
        buckets.clear();
    }

    /** How many claims were settled so far. */
    synchronized int settled() {
        return settled;
    }

    PermitLeases node(String name) {
        return new PermitLeases() {
            @Override
            public List<Settled> settle(List<Claim> claims) {
                return MemoryPermitLeases.this.settle(name, claims);
            }

            @Override
            public void close() {}
        };
    }

    private synchronized List<PermitLeases.Settled> settle(String node, List<PermitLeases.Claim> claims) {
        if (!reachable) {
            throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "out of reach").asException();
        }
        settled += claims.size();
        return claims.stream()
                .map(claim -> buckets.computeIfAbsent(claim.tenantId(), id -> new Bucket())
                        .settle(node, claim, time.nanoTime()))
                .toList();
    }

    private static final class Bucket {
        private final Map<String, Long> nodes = new HashMap<>();
        private double used;
        private long at;

        PermitLeases.Settled settle(String node, PermitLeases.Claim claim, long now) {
            double price = MINUTE / claim.limit();
            used = Math.max(0, Math.max(0, used - (now - at)) + claim.owed() * price);
            at = now;
            double after = used + claim.wanted() * price;
            boolean granted = after <= MINUTE + price / 1000;
            used = granted ? after : used;
            nodes.put(node, now);
            nodes.values().removeIf(seen -> now - seen > MINUTE);
            return new PermitLeases.Settled(granted, (long) Math.ceil(used), nodes.size());
        }
    }
}
