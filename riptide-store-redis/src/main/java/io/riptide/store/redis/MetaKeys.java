package io.riptide.store.redis;

import io.riptide.entry.StoreKey;
import java.nio.charset.StandardCharsets;

/**
 * The keys that RipTide has in Redis besides those of entries. All of a tenant's hash to one slot of a cluster, by the
 * braces around its id. {@code docs/redis.md} has the table of them.
 */
final class MetaKeys {
    /** What the keys of tenants' removals begin with. */
    static final String REMOVALS = "riptide:meta:removals:";

    /** Sorted sets among which a tenant's index is divided, by the first six bits of the hash. */
    static final int SHARDS = 64;

    private static final String INDEX = "riptide:meta:index:";
    private static final String USAGE = "riptide:meta:usage:";
    private static final String DICTIONARIES = "riptide:meta:dictionaries:";
    private static final String PERMITS = "riptide:meta:permits:";
    private static final String LOAD = "riptide:meta:load:";
    private static final String JOB = "riptide:meta:job:";

    private MetaKeys() {}

    static byte[] index(String tenantId, int shard) {
        return ascii(INDEX + "{" + tenantId + "}:" + shard);
    }

    static byte[] usage(String tenantId) {
        return ascii(USAGE + "{" + tenantId + "}");
    }

    static byte[] removals(String tenantId) {
        return ascii(REMOVALS + "{" + tenantId + "}");
    }

    static byte[] dictionaries(String tenantId) {
        return ascii(DICTIONARIES + "{" + tenantId + "}");
    }

    /** The bucket of permits that a tenant has over all nodes. */
    static byte[] permits(String tenantId) {
        return ascii(PERMITS + "{" + tenantId + "}");
    }

    /** Who works off a tenant's removals. */
    static byte[] job(String tenantId) {
        return ascii(JOB + "{" + tenantId + "}");
    }

    /** Whose turn it is to load a key; in the slots of a cluster by itself, as entries are. */
    static byte[] load(StoreKey key) {
        return ascii(LOAD + key.tenantId() + ":" + key.namespace() + ":" + key.hash());
    }

    /** All tenants that have something. */
    static byte[] tenants() {
        return ascii("riptide:meta:tenants");
    }

    /** Tenants of whose removals some are not worked off. */
    static byte[] pending() {
        return ascii("riptide:meta:pending");
    }

    /** Written now and then to find out whether writes are taken. */
    static byte[] probe() {
        return ascii("riptide:meta:probe");
    }

    /** The same, one of many, of which each master of a cluster has some. */
    static byte[] probe(int number) {
        return ascii("riptide:meta:probe:" + number);
    }

    /** The tenant in a key of removals. */
    static String tenantOf(String removalsKey) {
        return removalsKey.substring(REMOVALS.length() + 1, removalsKey.length() - 1);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
