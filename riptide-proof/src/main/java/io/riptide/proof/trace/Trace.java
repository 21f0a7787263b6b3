package io.riptide.proof.trace;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Requests in their order, whole in memory: the optimum has to know what comes. Keys are numbered from zero as they
 * first appear; a key belongs to one tenant and its value has one size. Immutable.
 */
final class Trace {
    private final String name;
    private final String description;
    private final int[] requests;
    private final int[] tenants;
    private final int[] sizes;
    private final boolean cut;

    private Trace(String name, String description, int[] requests, int[] tenants, int[] sizes, boolean cut) {
        this.name = name;
        this.description = description;
        this.requests = requests;
        this.tenants = tenants;
        this.sizes = sizes;
        this.cut = cut;
    }

    /** What it is called in a table. */
    String name() {
        return name;
    }

    /** What it is, in a phrase. */
    String description() {
        return description;
    }

    /** How many requests. */
    int length() {
        return requests.length;
    }

    /** The key of a request. */
    int key(int at) {
        return requests[at];
    }

    /** How many keys. */
    int keys() {
        return tenants.length;
    }

    /** Whose a key is, from zero. */
    int tenant(int key) {
        return tenants[key];
    }

    /** Bytes of a key's value. */
    int size(int key) {
        return sizes[key];
    }

    /** How many tenants: one more than the highest. */
    int tenants() {
        return Arrays.stream(tenants).max().orElse(-1) + 1;
    }

    /** Whether all values have one size, so that a bound in bytes is one in entries. */
    boolean sameSizes() {
        return Arrays.stream(sizes).allMatch(size -> size == sizes[0]);
    }

    /** Whether there was more than it was to hold. */
    boolean cut() {
        return cut;
    }

    @Override
    public String toString() {
        return name;
    }

    /** The key as a cache is asked for it: eight characters, one key's never another's. */
    static String text(int key) {
        return Integer.toHexString(key | Integer.MIN_VALUE);
    }

    /** Takes requests down, up to a limit. */
    static final class Recorder {
        /** Bytes of a value where its trace does not say. */
        static final int SIZE = 64;

        private final int limit;
        private final Map<Named, Integer> numbers = new HashMap<>();
        private int[] requests = new int[1024];
        private int[] tenants = new int[1024];
        private int[] sizes = new int[1024];
        private int length;
        private boolean cut;

        /** Of at most so many requests. */
        Recorder(int limit) {
            this.limit = limit;
        }

        /** A request of the only tenant's. See {@link #add(int, Object, int)}. */
        boolean add(Object key) {
            return add(0, key, SIZE);
        }

        /**
         * One more request; false, and not taken down, where the limit is reached.
         *
         * @param key told from others by {@code equals}, within its tenant
         * @param size of the value, at least 1; the first one said for a key holds
         */
        boolean add(int tenant, Object key, int size) {
            if (length == limit) {
                cut = true;
                return false;
            }
            int number = numbers.computeIfAbsent(new Named(tenant, key), named -> numbers.size());
            if (number == tenants.length) {
                tenants = Arrays.copyOf(tenants, number * 2);
                sizes = Arrays.copyOf(sizes, number * 2);
            }
            if (sizes[number] == 0) {
                tenants[number] = tenant;
                sizes[number] = size;
            }
            if (length == requests.length) {
                requests = Arrays.copyOf(requests, (int) Math.min(limit, length * 2L));
            }
            requests[length++] = number;
            return true;
        }

        /** What was taken down. */
        Trace trace(String name, String description) {
            return new Trace(
                    name,
                    description,
                    Arrays.copyOf(requests, length),
                    Arrays.copyOf(tenants, numbers.size()),
                    Arrays.copyOf(sizes, numbers.size()),
                    cut);
        }

        private record Named(int tenant, Object key) {}
    }
}
