package io.riptide.spi;

/**
 * What RipTide stands on.
 *
 * @param entries the second tier
 * @param control tenants and keys
 * @param feed news of what other processes wrote to {@code entries}
 * @param permits the buckets that tenants have over all processes
 * @param loads whose turn it is among all processes to load a key
 * @param usage what tenants used
 */
public record Backing(
        EntryStore entries,
        ControlStore control,
        InvalidationFeed feed,
        PermitLeases permits,
        LoadLeases loads,
        UsageStore usage)
        implements AutoCloseable {
    /** For one process alone. */
    public static Backing alone(EntryStore entries, ControlStore control, UsageStore usage) {
        return new Backing(entries, control, InvalidationFeed.none(), PermitLeases.none(), LoadLeases.none(), usage);
    }

    /** Closes all of it, in an order in which nothing misses another. */
    @Override
    public void close() {
        feed.close();
        permits.close();
        entries.close();
        usage.close();
        control.close();
    }
}
