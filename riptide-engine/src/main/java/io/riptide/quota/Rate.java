package io.riptide.quota;

/**
 * What a permit costs of the minute that a bucket holds, in units of 1/16 of a nanosecond, so that a price is exact to
 * 2^-4 ns and rates of up to a billion operations a minute hold to within a thousandth.
 *
 * @param limit permits in a minute
 * @param price of one, rounded up, so that no more than the limit is ever granted
 * @param window a whole number of prices
 */
record Rate(long limit, long price, long window) {
    static final int FRACTION_BITS = 4;
    private static final long MINUTE = 60_000_000_000L << FRACTION_BITS;

    static Rate of(long limit) {
        if (limit < 1 || limit > 1_000_000_000) {
            throw new IllegalArgumentException("operations_per_minute: " + limit + " (expected: 1 to 1000000000)");
        }
        long price = (MINUTE + limit - 1) / limit;
        return new Rate(limit, price, price * limit);
    }

    /** After how many nanoseconds a bucket that is full again at an instant could give permits; zero at once. */
    long wait(long fullAt, long now, int permits) {
        long beyond = Math.max(fullAt, now) + price * permits - now - window;
        return beyond <= 0 ? 0 : Math.max(1, beyond >> FRACTION_BITS);
    }
}
