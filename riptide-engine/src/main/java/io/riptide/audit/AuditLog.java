package io.riptide.audit;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.AuditStore;
import io.riptide.spi.AuditStore.Batch;
import io.riptide.spi.AuditStore.Mark;
import io.riptide.spi.AuditStore.Query;
import io.riptide.spi.AuditStore.Row;
import io.riptide.spi.AuditStore.State;
import io.riptide.spi.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log: {@link #record} for what must be written before it is acknowledged, {@link #note} for what may come in
 * floods. Each row is sealed over all before it, so that who can write the table, but has not the key, can change or
 * take away nothing unseen; the head, noted elsewhere, shows a tail that was cut off together with the head.
 *
 * <p>Threads: any.
 */
public final class AuditLog {
    /** What is written where the head was found forged. */
    static final String HEAD_INVALID = "audit.head_invalid";
    /** What is written where the head was sealed with a key that is not known here. */
    static final String KEY_UNKNOWN = "audit.key_unknown";

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final int PAGE = 1_000;
    private static final int BATCHES = 10;
    private static final int MOST_KEYS = 1_000;
    private static final long HEAD_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final AuditStore store;
    private final Chain chain;
    private final Time time;
    private final Floods floods;
    private final Set<String> unknownKeys = ConcurrentHashMap.newKeySet();
    private final ReentrantLock verifying = new ReentrantLock();
    private volatile AuditHead head = new AuditHead(0, Mark.START.link());
    private volatile boolean failing;
    /** Of the thread that does the housekeeping. */
    private long loggedNanos;

    private long lookedNanos;

    /** Over a store, with keys to seal and check. */
    public AuditLog(AuditStore store, AuditKeys keys, Time time) {
        this.store = store;
        this.chain = new Chain(keys);
        this.time = time;
        this.floods = new Floods(time);
        this.loggedNanos = time.nanoTime() - HEAD_NANOS;
        this.lookedNanos = time.nanoTime() - LOOK_NANOS;
    }

    /**
     * Writes a row: durable when this returns.
     *
     * @throws RipTideException {@code store-unavailable}; it may have been written or not
     */
    public void record(AuditEvent event) {
        write(List.of(event));
    }

    /**
     * Notes what may come in floods: the first of its kind is written within a second, what follows once a minute with
     * how many there were, and all of it at a stop in order. Costs no I/O. What a killed process had not yet written is
     * lost.
     */
    public void note(AuditEvent event) {
        floods.note(event);
    }

    private void write(List<AuditEvent> events) {
        AtomicReference<Mark> found = new AtomicReference<>(Mark.START);
        Mark now = store.append(before -> {
            found.set(before);
            return sealed(before, events);
        });
        head = new AuditHead(now.seq(), now.link());
        if (chain.sealOfHead(found.get()) == Chain.Seal.UNKNOWN && unknownKeys.size() < MOST_KEYS) {
            unknownKeys.add(found.get().keyId());
        }
    }

    private Batch sealed(Mark before, List<AuditEvent> events) {
        List<AuditEvent> all = new ArrayList<>();
        switch (chain.sealOfHead(before)) {
            case GENUINE -> {}
            case FORGED ->
                all.add(AuditEvent.of(AuditEvent.SYSTEM, HEAD_INVALID).with("seq", before.seq()));
            case UNKNOWN -> {
                // Nodes without a common key would else say so with each row.
                if (!unknownKeys.contains(before.keyId())) {
                    all.add(AuditEvent.of(AuditEvent.SYSTEM, KEY_UNKNOWN).resource(before.keyId()));
                }
            }
        }
        all.addAll(events);
        List<Row> rows = new ArrayList<>();
        Mark at = before;
        for (AuditEvent event : all) {
            Row row = chain.row(at, event, time.wallMillis());
            rows.add(row);
            at = new Mark(row.seq(), Chain.link(at.link(), row), "", "");
        }
        return new Batch(rows, chain.head(at.seq(), at.link()));
    }

    /**
     * Writes what was noted and is due, and logs the head once an hour; for about once a second, by one thread. What
     * cannot be written is kept.
     */
    public void tick() {
        settle();
        long now = time.nanoTime();
        if (now - lookedNanos >= LOOK_NANOS) {
            lookedNanos = now;
            look();
        }
        if (now - loggedNanos >= HEAD_NANOS) {
            loggedNanos = now;
            AuditHead shown = head;
            LOG.info("The audit log ends with {}:{}", shown.seq(), shown.hash());
        }
    }

    /** Others write too. */
    private void look() {
        try {
            Mark there = store.state().head();
            head = new AuditHead(there.seq(), there.link());
        } catch (RipTideException e) {
            LOG.debug("The audit log's head could not be read", e);
        }
    }

    /** Writes what was noted and is due now. */
    public void settle() {
        writeNoted(false);
    }

    /** Writes all that was noted, at a stop. */
    public void flush() {
        writeNoted(true);
    }

    private void writeNoted(boolean all) {
        Floods.Taken taken = floods.take(all);
        if (taken.isEmpty()) {
            return;
        }
        try {
            write(taken.events());
            if (failing) {
                failing = false;
                LOG.info("Refusals are written to the audit log again");
            }
        } catch (RipTideException e) {
            taken.giveBack();
            if (!failing) {
                failing = true;
                LOG.warn("Refusals could not be written to the audit log; they are counted on", e);
            }
        }
    }

    /** Where the log ends, as last seen: up to ten seconds old where others write too. */
    public AuditHead head() {
        return head;
    }

    /** Rows before that number, the newest first. The limit is 1 to 1,000. */
    public List<Row> before(Query query, long seq, int limit) {
        return store.before(query, seq, limit);
    }

    /** Rows behind that number, in their order. The limit is 1 to 1,000. */
    public List<Row> after(Query query, long seq, int limit) {
        return store.after(query, seq, limit);
    }

    /**
     * Walks the log page by page and tells the first row that does not hold. One walk at a time: {@code conflict} while
     * another runs.
     *
     * @param noted a head from before, which the log is held to as well; or null
     */
    public AuditCheck verify(@Nullable AuditHead noted) {
        if (!verifying.tryLock()) {
            throw Problem.of(ProblemCode.CONFLICT, "The audit log is being verified already; ask again when that ends.")
                    .asException();
        }
        try {
            State state = store.state();
            Walk walk = new Walk(store, chain, state, noted);
            AuditCheck check = walk.run(PAGE);
            // What was old went away meanwhile: what is left begins elsewhere.
            for (int i = 0; i < BATCHES && walk.overtaken(); i++) {
                walk = new Walk(store, chain, store.state(), noted);
                check = walk.run(PAGE);
            }
            return check;
        } finally {
            verifying.unlock();
        }
    }

    /**
     * Takes rows away that are older than that, the oldest first, up to 10,000; the newest stays. An anchor says what
     * they came to, so that what is left can be checked from there on. What does not hold is not taken away.
     *
     * @return how many
     */
    public long cut(long beforeMillis) {
        long removed = 0;
        for (int i = 0; i < BATCHES; i++) {
            long batch = cutBatch(beforeMillis);
            removed += batch;
            if (batch < PAGE) {
                break;
            }
        }
        return removed;
    }

    private long cutBatch(long beforeMillis) {
        State state = store.state();
        Mark anchor = state.anchor();
        if (chain.sealOfAnchor(anchor) == Chain.Seal.FORGED) {
            LOG.error("The audit log's anchor does not hold; nothing of it is taken away");
            return 0;
        }
        long seq = anchor.seq();
        String link = anchor.link();
        for (Row row : store.after(Query.ALL, seq, PAGE)) {
            if (row.atMillis() >= beforeMillis || row.seq() >= state.head().seq()) {
                break;
            }
            if (row.seq() != seq + 1 || chain.sealOf(link, row) == Chain.Seal.FORGED) {
                LOG.error("The audit log does not hold at row {}; nothing from there on is taken away", seq + 1);
                break;
            }
            link = Chain.link(link, row);
            seq = row.seq();
        }
        long removed = seq - anchor.seq();
        if (removed == 0) {
            return 0;
        }
        AuditEvent event = AuditEvent.of(AuditEvent.SYSTEM, "audit.retention")
                .with("removed", removed)
                .with("up_to_seq", seq);
        return store.cut(anchor, chain.anchor(seq, link), before -> sealed(before, List.of(event))) ? removed : 0;
    }
}
