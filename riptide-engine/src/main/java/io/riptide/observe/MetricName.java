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
    CACHE_STORE_USAGE("cache_store_usage_bytes", "gauge", "Bytes held in the store", "tenant_id"),
    /** How much of a quota is used, 0 to 1; a tenant's alone. */
    TENANT_QUOTA_USAGE("tenant_quota_usage", "gauge", "Used share of a quota", "tenant_id", "resource"),
    /** Counts operations as they are billed. */
    TENANT_OPERATIONS(
            "tenant_operations_total",
            "counter",
            "Operations as quotas and bills count them",
            "tenant_id",
            "operation"),
    /** Counts calls that met a quota. */
    QUOTA_BREACHES(
            "riptide_quota_breaches_total",
            "counter",
            "Calls over a quota, refused or, where it is in shadow, let through",
            "tenant_id",
            "resource",
            "result"),
    /** What a tenant has used this month, in the units that have prices. */
    TENANT_BILLING_UNITS(
            "tenant_billing_units",
            "gauge",
            "Units used in the month that runs, as prices are for them",
            "tenant_id",
            "period",
            "unit"),
    /** Counts what a node was told of changes in a store that several share. */
    COHERENCE_CHANGES(
            "riptide_coherence_changes_total", "counter", "Changes in a shared store that this node was told of"),
    /** Counts the reads for which what memory held was not relied on. */
    COHERENCE_CHECKS(
            "riptide_coherence_checks_total",
            "counter",
            "Reads that asked the shared store because what memory held was changed or not proven"),
    /** Counts keys answered with what was not proven, for want of the store. */
    COHERENCE_STALE(
            "riptide_coherence_stale_total",
            "counter",
            "Keys answered with what was not proven because the shared store did not answer"),
    /** For how long it has not been proven that all changes were told, in seconds. */
    COHERENCE_PROOF_AGE(
            "riptide_coherence_proof_age_seconds",
            "gauge",
            "Time since which changes in the shared store may not have been told"),
    /** Counts calls to a store across a network that failed. */
    STORE_CALLS_FAILED(
            "riptide_store_calls_failed_total", "counter", "Calls to the shared store without an answer in time"),
    /** Counts calls to it that were refused here. */
    STORE_CALLS_REFUSED(
            "riptide_store_calls_refused_total",
            "counter",
            "Calls to the shared store that were not sent because too many before them failed"),
    /** Counts calls to it that were sent once more. */
    STORE_CALLS_RETRIED(
            "riptide_store_calls_retried_total", "counter", "Calls to the shared store that were sent once more"),
    /** Whether such calls are refused at once. */
    STORE_BREAKER_OPEN("riptide_store_breaker_open", "gauge", "1 while calls to the shared store are refused at once"),
    /** Whether a part of the node does all of its work. */
    COMPONENT_READY("riptide_component_ready", "gauge", "1 while a part of the server is ready", "component"),
    /** The last row of the audit log. */
    AUDIT_HEAD_SEQ("riptide_audit_head_seq", "gauge", "Number of the last row of the audit log"),
    /** What all rows up to it come to. */
    AUDIT_HEAD_CHECK(
            "riptide_audit_head_check",
            "gauge",
            "The first 12 hex digits of what all rows of the audit log come to, as a number"),
    /** Tenants that cannot be billed. */
    BILLING_WAITING(
            "riptide_billing_waiting_tenants",
            "gauge",
            "Tenants that lack an invoice of a month that is over, for their plan is not configured");

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
        return labels.isEmpty() ? List.of() : List.of(labels.split(",", -1));
    }
}
