package io.riptide.audit;

import io.riptide.spi.AuditStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** Keeps the log in memory, for tests that change it behind its back. Guarded by itself. */
final class MemoryAuditStore implements AuditStore {
    final TreeMap<Long, Row> rows = new TreeMap<>();
    Mark head = Mark.START;
    Mark anchor = Mark.START;
    boolean away;

    private void ask() {
        if (away) {
            throw io.riptide.problem.Problem.of(
                            io.riptide.problem.ProblemCode.STORE_UNAVAILABLE, "It is away on purpose.")
                    .asException();
        }
    }

    @Override
    public synchronized State state() {
        ask();
        return new State(anchor, head, rows.isEmpty() ? 0 : rows.lastKey());
    }

    @Override
    public synchronized Mark append(Function<Mark, Batch> sealing) {
        ask();
        Batch batch = sealing.apply(head);
        batch.rows().forEach(row -> rows.put(row.seq(), row));
        head = batch.head();
        return head;
    }

    @Override
    public synchronized boolean cut(Mark expected, Mark anchorNow, Function<Mark, Batch> sealing) {
        ask();
        if (!anchor.equals(expected)) {
            return false;
        }
        anchor = anchorNow;
        rows.headMap(anchor.seq(), true).clear();
        Mark unused = append(sealing);
        return true;
    }

    @Override
    public synchronized List<Row> after(Query query, long seq, int limit) {
        ask();
        return matching(query, rows.tailMap(seq, false).values().stream(), limit);
    }

    @Override
    public synchronized List<Row> before(Query query, long seq, int limit) {
        ask();
        List<Row> older = new ArrayList<>(rows.headMap(seq, false).values());
        older.sort(Comparator.comparingLong(Row::seq).reversed());
        return matching(query, older.stream(), limit);
    }

    private static List<Row> matching(Query query, Stream<Row> rows, int limit) {
        return rows.filter(row -> query.tenantId() == null || query.tenantId().equals(row.tenantId()))
                .filter(row -> query.action() == null || query.action().equals(row.action()))
                .filter(row -> row.atMillis() >= query.sinceMillis())
                .limit(limit)
                .toList();
    }
}
