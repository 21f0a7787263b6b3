package io.riptide.observe;

import java.util.List;

/** The metrics there are, by the names that dashboards and alerts rely on: none of them ever changes. */
public enum MetricName {
    /** Counts {@link CacheOperation}s by {@link CacheResult}. */
    CACHE_OPERATIONS(
            "cache_operations_total",
            "counter",
            "Operations on the cache and what came of them; a batch counts each key",
            "tenant_id",
            "operation",
            "result"),
    /** How long requests to the cache took, in seconds. */
    CACHE_ACCESS_DURATION(
            "cache_access_duration_seconds",
            "histogram",
            "Time from a request to the cache until its answer begins",
            "tenant_id"),
    /** Reads that found something, as a share of all reads of the last five minutes; none where nothing was read. */
    CACHE_HIT_RATE("cache_hit_rate", "gauge", "Hits among the reads of the last five minutes", "tenant_id"),
    /** Bytes in the first tier. */
    CACHE_MEMORY_USAGE("cache_memory_usage_bytes", "gauge", "Bytes held in memory", "tenant_id"),
    /** Bytes in the second tier. */
    CACHE_STORE_USAGE("cache_store_usage_bytes", "gauge", "Bytes held in the store", "tenant_id");

    private final String text;
    private final String type;
    private final String meaning;
    private final String labels;

    MetricName(String text, String type, String meaning, String... labels) {
        this.text = text;
        this.type = type;
        this.meaning = meaning;
        this.labels = String.join(",", labels);
    }

    /** The name itself. */
    public String text() {
        return text;
    }

    /** As Prometheus calls it. */
    public String type() {
        return type;
    }

    /** What it tells, in a line. */
    public String meaning() {
        return meaning;
    }

    /** The names of its labels. */
    public List<String> labels() {
        return List.of(labels.split(",", -1));
    }
}
