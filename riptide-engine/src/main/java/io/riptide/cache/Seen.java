package io.riptide.cache;

/**
 * What was known of changes when a read of the store was sent.
 *
 * @param cell of {@link Changes}, which the key shares with others
 * @param count of changes told of that cell
 * @param epoch of the feed
 * @param nanos the instant, by {@link io.riptide.spi.Time#preciseNanoTime}
 */
record Seen(int cell, int count, long epoch, long nanos) {}
