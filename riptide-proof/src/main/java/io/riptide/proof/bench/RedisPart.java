package io.riptide.proof.bench;

import io.riptide.proof.bench.contest.Contestant;
import io.riptide.proof.bench.contest.Contestant.Who;
import io.riptide.proof.bench.contest.Contestant.Work;
import io.riptide.testkit.RedisServer;
import java.util.List;

/**
 * Many nodes' store beside peers on one real Redis. Client CPU is the figure: that of a whole process, in which nobody
 * else works. Values have 1 KiB.
 */
final class RedisPart {
    private static final String PART = "redis";
    private static final int MANY = 64;
    /** Of the keys, for reads that memory is not to answer. */
    private static final int FEW_IN_MEMORY = 512;

    private final Results results;
    private final Contest contest;
    private final int keys;
    /** Operations in a round of one caller, and in one of many. */
    private final int ofOne;

    private final int ofMany;

    /**
     * Parts of it are given their figures to the same results.
     *
     * @param rounds of each work, after some to get warm
     * @param keys a multiple of 64
     */
    RedisPart(Results results, int rounds, int keys) {
        this.results = results;
        this.contest = new Contest(results, PART, rounds);
        this.keys = keys;
        this.ofOne = keys / 4;
        this.ofMany = keys;
    }

    void run() {
        reads();
        mix();
        hits();
    }

    /** Reads that memory does not answer, batches of them and of writes, and how many connections serve them best. */
    private void reads() {
        try (RedisServer server = RedisServer.start();
                Rival riptide = rival("RipTide", Who.RIPTIDE, server, FEW_IN_MEMORY, 1)) {
            riptide.run(Work.FILL, MANY, keys);
            try (Rival lettuce = rival("Lettuce by hand", Who.LETTUCE, server, 0, 1)) {
                overLettuce("read past memory, 1 caller", Work.READ, 1, ofOne, riptide, lettuce);
                overLettuce("read past memory, 64 callers", Work.READ, MANY, ofMany, riptide, lettuce);
                contest.run("write, 1 caller", Work.WRITE, 1, ofOne / 2, riptide, lettuce);
                contest.run("write, 64 callers", Work.WRITE, MANY, ofMany / 2, riptide, lettuce);
                batches(riptide, lettuce);
            }
            connections(server, riptide);
        }
    }

    private List<Contest.Outcome> overLettuce(
            String what, Work work, int callers, int count, Rival riptide, Rival lettuce) {
        List<Contest.Outcome> outcomes = contest.run(what, work, callers, count, riptide, lettuce);
        double ratio = outcomes.get(0).cpuOver(outcomes.get(1));
        results.add(PART, what + ": CPU, RipTide over Lettuce", ratio, "times", "at most 1.3");
        return outcomes;
    }

    private void batches(Rival riptide, Rival lettuce) {
        int count = 2 * keys / Contestant.BATCH * Contestant.BATCH;
        batchOverSingles("reads", Work.READ_BATCH, Work.READ, count, riptide, lettuce);
        batchOverSingles("writes", Work.WRITE_BATCH, Work.WRITE, count, riptide, lettuce);
    }

    private void batchOverSingles(String what, Work batch, Work single, int count, Rival riptide, Rival lettuce) {
        String batches = what + " by 1,000, 1 caller";
        List<Contest.Outcome> many = overLettuce(batches, batch, 1, count, riptide, lettuce);
        List<Contest.Outcome> one = contest.run(what + " by one, 1 caller", single, 1, ofOne / 2, riptide);
        double ratio = many.getFirst().rateOver(one.getFirst());
        results.add(PART, batches + ": keys a second over those by one", ratio, "times", "at least 10");
    }

    private void connections(RedisServer server, Rival one) {
        try (Rival two = rival("RipTide, pool_size 2", Who.RIPTIDE, server, FEW_IN_MEMORY, 2);
                Rival ten = rival("RipTide, pool_size 10", Who.RIPTIDE, server, FEW_IN_MEMORY, 10)) {
            contest.run("connections, 64 callers read", Work.READ, MANY, ofMany, one, two, ten);
        }
    }

    /** Ours last: what others do is compared with it. */
    private void mix() {
        int inMemory = keys / 10;
        try (RedisServer server = RedisServer.start();
                Rival redisson = rival("Redisson", Who.REDISSON, server, inMemory, 1);
                Rival jetCache = rival("JetCache", Who.JETCACHE, server, inMemory, 1);
                Rival spring = rival("Spring Data Redis", Who.SPRING, server, inMemory, 1);
                Rival riptide = rival("RipTide", Who.RIPTIDE, server, inMemory, 1)) {
            Rival[] all = {redisson, jetCache, spring, riptide};
            for (Rival rival : all) {
                rival.run(Work.FILL, MANY, keys);
            }
            mix("90/10 mix, 1 caller", 1, 2 * ofOne, all);
            mix("90/10 mix, 64 callers", MANY, 2 * ofMany, all);
        }
    }

    private void mix(String what, int callers, int count, Rival... all) {
        List<Contest.Outcome> outcomes = contest.run(what, Work.MIX, callers, count, all);
        Contest.Outcome riptide = outcomes.getLast();
        for (Contest.Outcome peer : outcomes.subList(0, outcomes.size() - 1)) {
            String figure = what + ": CPU, RipTide over " + peer.rival().name();
            results.add(PART, figure, riptide.cpuOver(peer), "times", "below 1");
        }
    }

    /** What a hit in memory costs as one of several nodes: each reads entries of its own Redis. */
    private void hits() {
        int inMemory = 2_000;
        try (RedisServer server = RedisServer.start();
                Rival alone = rival("alone", Who.RIPTIDE_STORE, server, inMemory, 1);
                Rival told = rival("with the feed", Who.RIPTIDE_FEED, server, inMemory, 1);
                Rival shared = rival("with the feed and shared permits", Who.RIPTIDE, server, inMemory, 1)) {
            alone.run(Work.FILL, MANY, keys);
            List<Contest.Outcome> outcomes =
                    contest.run("hit in memory, 1 caller", Work.HIT, 1, keys * 200, alone, told, shared);
            Contest.Outcome first = outcomes.getFirst();
            for (Contest.Outcome other : outcomes.subList(1, outcomes.size())) {
                String figure = "hit in memory: CPU, " + other.rival().name() + " over alone";
                results.add(PART, figure, other.cpuOver(first), "times", "");
            }
        }
    }

    private Rival rival(String name, Who who, RedisServer server, int inMemory, int poolSize) {
        return Rival.start(name, who, server.url(), keys, inMemory, poolSize);
    }
}
