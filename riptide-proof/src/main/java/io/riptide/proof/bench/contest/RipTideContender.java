package io.riptide.proof.bench.contest;

import io.riptide.cache.BatchEntry;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.cache.PutResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** RipTide embedded. */
final class RipTideContender implements Contender {
    static final String TENANT = "bench";
    static final String NAMESPACE = "pages";
    /** What an entry weighs in memory, about: the value, its key and the objects around them. */
    private static final int ENTRY_BYTES = VALUE_BYTES + 300;

    private static final PutOptions OPTIONS = PutOptions.ttl(Duration.ofHours(1));

    private final SharedNode node;
    private final Namespace namespace;

    RipTideContender(String url, int inMemory, int poolSize, SharedNode.Sharing sharing) {
        this.node = SharedNode.open(url, poolSize, sharing);
        this.namespace = node.tenant(TENANT, (long) inMemory * ENTRY_BYTES).namespace(NAMESPACE);
    }

    @Override
    public void read(int key) {
        require(namespace.get(Contender.name(key)));
    }

    private static void require(Lookup found) {
        Contender.require(found instanceof Lookup.Hit hit && hit.entry().head().valueBytes() == VALUE_BYTES);
    }

    @Override
    public void write(int key) {
        require(namespace.put(Contender.name(key), Contender.value(key), OPTIONS));
    }

    private static void require(PutResult result) {
        Contender.require(
                result.outcome() == PutResult.Outcome.CREATED || result.outcome() == PutResult.Outcome.REPLACED);
    }

    @Override
    public void readAll(int from, int count) {
        List<String> keys = new ArrayList<>(count);
        for (int key = from; key < from + count; key++) {
            keys.add(Contender.name(key));
        }
        namespace.getAll(keys).forEach(RipTideContender::require);
    }

    @Override
    public void writeAll(int from, int count) {
        List<BatchEntry> batch = new ArrayList<>(count);
        for (int key = from; key < from + count; key++) {
            batch.add(new BatchEntry(Contender.name(key), Contender.value(key), OPTIONS));
        }
        namespace.putAll(batch).forEach(RipTideContender::require);
    }

    @Override
    public void close() {
        node.close();
    }
}
