package io.riptide.audit;

import io.riptide.audit.AuditCheck.Fault;
import io.riptide.spi.AuditStore;
import io.riptide.spi.AuditStore.Mark;
import io.riptide.spi.AuditStore.Query;
import io.riptide.spi.AuditStore.Row;
import io.riptide.spi.AuditStore.State;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One walk over the log, from its anchor to the head that it had when the walk began. */
final class Walk {
    private final AuditStore store;
    private final Chain chain;
    private final State state;
    private final @Nullable AuditHead noted;
    private long seq;
    private String link;
    private String keyId;
    private long unchecked;
    private boolean overtaken;

    Walk(AuditStore store, Chain chain, State state, @Nullable AuditHead noted) {
        this.store = store;
        this.chain = chain;
        this.state = state;
        this.noted = noted;
        this.seq = state.anchor().seq();
        this.link = state.anchor().link();
        this.keyId = state.anchor().keyId();
    }

    /** Whether rows that it was to read were taken away by age since it began. */
    boolean overtaken() {
        return overtaken;
    }

    AuditCheck run(int page) {
        Mark head = state.head();
        if (chain.sealOfAnchor(state.anchor()) == Chain.Seal.FORGED) {
            return broken(seq + 1, Fault.ANCHOR);
        }
        if (differs()) {
            return broken(seq, Fault.HEAD);
        }
        while (seq < head.seq()) {
            List<Row> rows = store.after(Query.ALL, seq, page);
            if (rows.isEmpty()) {
                return missing();
            }
            for (Row row : rows) {
                if (row.seq() > head.seq()) {
                    break;
                }
                AuditCheck fault = step(row);
                if (fault != null) {
                    return fault;
                }
            }
            if (rows.getLast().seq() > head.seq() && seq < head.seq()) {
                return missing();
            }
        }
        return end(head);
    }

    private @Nullable AuditCheck step(Row row) {
        if (row.seq() != seq + 1) {
            return missing();
        }
        switch (chain.sealOf(link, row)) {
            case GENUINE -> {
                if (row.action().equals(AuditLog.HEAD_INVALID) || isUnfounded(row)) {
                    return broken(row.seq(), Fault.HEAD);
                }
            }
            case FORGED -> {
                return broken(row.seq(), Fault.CHANGED);
            }
            case UNKNOWN -> unchecked++;
        }
        link = Chain.link(link, row);
        seq = row.seq();
        keyId = row.keyId();
        return differs() ? broken(seq, Fault.HEAD) : null;
    }

    /**
     * A head is sealed with its last row: one with a key that this row does not name was written by somebody else. Of
     * the first row that is there nobody knows.
     */
    private boolean isUnfounded(Row row) {
        boolean first = seq == state.anchor().seq() && seq > 0;
        return row.action().equals(AuditLog.KEY_UNKNOWN)
                && !first
                && !row.resource().equals(keyId);
    }

    /** Whether the log came to something else here than was noted. */
    private boolean differs() {
        return noted != null && noted.seq() == seq && !noted.hash().equals(link);
    }

    private AuditCheck end(Mark head) {
        if (seq != head.seq()
                || !head.link().equals(link)
                || chain.sealOfHead(head) == Chain.Seal.FORGED
                || (chain.sealOfHead(head) == Chain.Seal.UNKNOWN
                        && !head.keyId().equals(keyId))) {
            return broken(Math.max(seq, 1), Fault.HEAD);
        }
        if (state.newest() > head.seq()) {
            return broken(head.seq() + 1, Fault.ADDED);
        }
        if (noted != null && noted.seq() > seq) {
            return broken(seq + 1, Fault.MISSING);
        }
        return check(null, null);
    }

    private AuditCheck missing() {
        overtaken = store.state().anchor().seq() > state.anchor().seq();
        return broken(seq + 1, Fault.MISSING);
    }

    private AuditCheck broken(long at, Fault fault) {
        return check(at, fault);
    }

    private AuditCheck check(@Nullable Long at, @Nullable Fault fault) {
        long from = state.anchor().seq() + 1;
        AuditHead head = new AuditHead(state.head().seq(), state.head().link());
        return new AuditCheck(seq - state.anchor().seq(), from, head, unchecked, at, fault);
    }
}
