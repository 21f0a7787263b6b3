package io.riptide.spi;

/**
 * What RipTide stands on.
 *
 * @param entries the second tier
 * @param control tenants and keys
 * @param feed news of what other processes wrote to {@code entries}
 * @param permits the buckets that tenants have over all processes
 */
public record Backing(EntryStore entries, ControlStore control, InvalidationFeed feed, PermitLeases permits)
        implements AutoCloseable {
    /** Entries are shared, permits are not. */
    public Backing(EntryStore entries, ControlStore control, InvalidationFeed feed) {
        this(entries, control, feed, PermitLeases.none());
    }

    /** For one process alone. */
    public static Backing alone(EntryStore entries, ControlStore control) {
        return new Backing(entries, control, InvalidationFeed.none());
    }

    /** Closes all of it, in an order in which nothing misses another. */
    @Override
    public void close() {
        feed.close();
        permits.close();
        entries.close();
        control.close();
    }
}
