package io.riptide.proof.bench.contest;

import com.sun.management.OperatingSystemMXBean;
import io.riptide.proof.bench.Zipf;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One who takes part, in a process of its own. Arguments: who, the address of Redis, how many keys there are, how many
 * of them memory has room for, how many connections there are. Then each line that it reads, of a work, how many
 * callers do it and how many operations it is in all, is answered by {@code done}, the nanoseconds that it took and
 * those that processors spent on it.
 */
public final class Contestant {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    /** Keys in a batch. */
    public static final int BATCH = 1000;

    private static final double SKEW = 0.99;
    private static final int WRITES_IN = 10;

    private final Contender contender;
    private final int keys;
    private final int inMemory;
    private final Zipf zipf;

    private Contestant(Contender contender, int keys, int inMemory) {
        this.contender = contender;
        this.keys = keys;
        this.inMemory = inMemory;
        this.zipf = new Zipf(keys, SKEW);
    }

    /** Who may take part. */
    public enum Who {
        /** As the server runs it. */
        RIPTIDE,
        /** With permits of its own. */
        RIPTIDE_FEED,
        /** With permits of its own, and told of nothing that others change. */
        RIPTIDE_STORE,
        /** Lettuce by hand. */
        LETTUCE,
        /** Redisson's map with a local copy. */
        REDISSON,
        /** JetCache in two levels. */
        JETCACHE,
        /** Spring Data Redis' cache. */
        SPRING
    }

    /** What is done; an operation is one key. */
    public enum Work {
        /** Each key is written once. */
        FILL,
        /** Any key is read. */
        READ,
        /** Any key is written. */
        WRITE,
        /** Skewed keys, nine reads to a write. */
        MIX,
        /** A thousand keys are read at once. */
        READ_BATCH,
        /** A thousand keys are written at once. */
        WRITE_BATCH,
        /** A key is read of half of those that memory has room for. */
        HIT
    }

    public static void main(String[] arguments) throws Exception {
        int keys = Integer.parseInt(arguments[2]);
        int inMemory = Integer.parseInt(arguments[3]);
        int poolSize = Integer.parseInt(arguments[4]);
        String url = arguments[1];
        try (Contender contender = switch (Who.valueOf(arguments[0])) {
                    case RIPTIDE -> new RipTideContender(url, inMemory, poolSize, SharedNode.Sharing.ALL);
                    case RIPTIDE_FEED -> new RipTideContender(url, inMemory, poolSize, SharedNode.Sharing.FEED);
                    case RIPTIDE_STORE -> new RipTideContender(url, inMemory, poolSize, SharedNode.Sharing.STORE);
                    case LETTUCE -> new LettuceContender(url, keys);
                    case REDISSON -> new RedissonContender(url, inMemory);
                    case JETCACHE -> new JetCacheContender(url, inMemory);
                    case SPRING -> new SpringContender(url);
                };
                BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            Contestant contestant = new Contestant(contender, keys, inMemory);
            System.out.println("ready");
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", -1);
                contestant.run(Work.valueOf(words[0]), Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            }
        }
    }

    private void run(Work work, int callers, int operations) throws Exception {
        long cpu = PROCESS.getProcessCpuTime();
        long began = System.nanoTime();
        List<Future<?>> ends = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < callers; i++) {
                int caller = i;
                ends.add(threads.submit(() -> call(work, caller, callers, operations / callers)));
            }
        }
        long took = System.nanoTime() - began;
        for (Future<?> end : ends) {
            end.get();
        }
        System.out.println("done " + took + " " + (PROCESS.getProcessCpuTime() - cpu));
    }

    private void call(Work work, int caller, int callers, int operations) {
        SplittableRandom random = new SplittableRandom(System.nanoTime() + caller);
        int each = work == Work.READ_BATCH || work == Work.WRITE_BATCH ? BATCH : 1;
        for (int i = 0; i < operations; i += each) {
            switch (work) {
                case FILL -> contender.write(caller + i * callers);
                case READ -> contender.read(random.nextInt(keys));
                case WRITE -> contender.write(random.nextInt(keys));
                case READ_BATCH -> contender.readAll(random.nextInt(keys - BATCH), BATCH);
                case WRITE_BATCH -> contender.writeAll(random.nextInt(keys - BATCH), BATCH);
                case HIT -> contender.read(random.nextInt(inMemory / 2));
                case MIX -> {
                    int key = zipf.next(random);
                    if (random.nextInt(WRITES_IN) == 0) {
                        contender.write(key);
                    } else {
                        contender.read(key);
                    }
                }
            }
        }
    }
}
