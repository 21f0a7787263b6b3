package io.riptide.cache;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Who may hold how much: a pure function of what tenants claim, fair first and useful then.
 *
 * <ol>
 *   <li>While an eighth of the whole is free, every tenant may hold its limit.
 *   <li>Else each has what it demands up to its fair share, which is the whole divided by the active tenants. Nothing
 *       that follows takes of that.
 *   <li>What is left goes to those who demand more. Where it suffices, they have what they demand, and the rest goes to
 *       those that are full, the least first.
 *   <li>Where it does not suffice, each keeps what it had beyond its fair share but for a small levy, and what comes
 *       free goes to those that most ask again for what they had just let go of: at rest, a byte more is worth the same
 *       to each of them. What there is not, is taken from those most above their fair share.
 * </ol>
 *
 * <p>The last is the rule of shadow queues in A. Cidon et al., "Cliffhanger: Scaling Performance Cliffs in Web Memory
 * Caches" (NSDI 2016), in rounds instead of by hit; the levels are max-min fairness (D. Bertsekas and R. Gallager,
 * "Data Networks", 6.5.2). Takes time in the order of tenants times the bits of the whole.
 *
 * @param maxima by claim, in bytes
 * @param newcomerBytes what one who comes after this may hold
 */
record Division(List<Long> maxima, long newcomerBytes) {
    /** The part of what is above its fair share that a tenant gives up in a round, where others want it. */
    static final double LEVY = 0.03;

    private static final int FREE_PART = 8;

    /**
     * Divides the whole.
     *
     * @param levy the part of what is above a fair share to be divided anew; {@link #LEVY} once a round
     */
    static Division of(List<Claim> claims, long whole, double levy) {
        long held = claims.stream().mapToLong(Claim::heldBytes).sum();
        if (held <= whole - whole / FREE_PART) {
            return new Division(limits(claims), whole);
        }
        int n = claims.size();
        long fair = whole / n;
        long[] demand =
                claims.stream().mapToLong(claim -> claim.demandBytes(fair)).toArray();
        long[] wanted =
                Arrays.stream(demand).map(bytes -> Math.max(0, bytes - fair)).toArray();
        long left = whole
                - Arrays.stream(demand).map(bytes -> Math.min(bytes, fair)).sum();
        List<Long> maxima = Arrays.stream(wanted).sum() <= left
                ? plenty(claims, demand, fair, whole)
                : scarce(claims, demand, beyond(claims, wanted, fair, left, levy), fair);
        return new Division(maxima, whole / (n + 1));
    }

    private static List<Long> limits(List<Claim> claims) {
        return claims.stream().map(Claim::limitBytes).toList();
    }

    /** All have what they demand; the rest is for those that are full, of which one can never know. */
    private static List<Long> plenty(List<Claim> claims, long[] demand, long fair, long whole) {
        if (claims.stream().noneMatch(Claim::full)) {
            return limits(claims);
        }
        long[] most = new long[demand.length];
        Arrays.setAll(most, i -> claims.get(i).full() ? claims.get(i).limitBytes() : demand[i]);
        long level = level(demand, most, whole);
        return IntStream.range(0, demand.length)
                .mapToObj(i -> claims.get(i).full()
                        ? Math.clamp(level, demand[i], most[i])
                        : Math.min(claims.get(i).limitBytes(), Math.max(fair, demand[i])))
                .toList();
    }

    /** The fair part and what is beyond; who is below its fair share and not full may grow up to it. */
    private static List<Long> scarce(List<Claim> claims, long[] demand, long[] beyond, long fair) {
        return IntStream.range(0, demand.length)
                .mapToObj(i -> !claims.get(i).full() && demand[i] <= fair
                        ? Math.min(claims.get(i).limitBytes(), fair)
                        : Math.min(demand[i], fair) + beyond[i])
                .toList();
    }

    /** Divides what is left among those who want more than their fair share, who want more than there is. */
    private static long[] beyond(List<Claim> claims, long[] wanted, long fair, long left, double levy) {
        long[] none = new long[wanted.length];
        long[] had = new long[wanted.length];
        double gains = 0;
        for (int i = 0; i < wanted.length; i++) {
            Claim claim = claims.get(i);
            long before = claim.full() ? Math.max(0, claim.shareBytes() - fair) : wanted[i];
            had[i] = (long) (Math.min(before, wanted[i]) * (1 - levy));
            gains += wanted[i] > 0 ? claim.gain() : 0;
        }
        long room = left - Arrays.stream(had).sum();
        if (room < 0) {
            long level = level(none, had, left);
            return Arrays.stream(had).map(bytes -> Math.min(bytes, level)).toArray();
        }
        for (int i = 0; gains > 0 && i < had.length; i++) {
            if (wanted[i] > 0) {
                had[i] += Math.min(
                        wanted[i] - had[i], (long) (room * (claims.get(i).gain() / gains)));
            }
        }
        long level = level(had, wanted, left);
        for (int i = 0; i < had.length; i++) {
            had[i] = Math.clamp(level, had[i], wanted[i]);
        }
        return had;
    }

    /** The highest level at which each, having at least its least and at most its most, has no more than there is. */
    static long level(long[] least, long[] most, long amount) {
        long low = 0;
        long high = Arrays.stream(most).max().orElse(0);
        while (low < high) {
            long middle = low + (high - low + 1) / 2;
            long sum = 0;
            for (int i = 0; i < least.length; i++) {
                sum += Math.clamp(middle, least[i], most[i]);
            }
            if (sum <= amount) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
