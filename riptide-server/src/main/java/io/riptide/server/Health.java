package io.riptide.server;

import org.jspecify.annotations.Nullable;

/**
 * How a part of the server does, as {@code /readyz} tells it.
 *
 * @param sinceMillis since when it is so, epoch milliseconds, where that is known
 * @param detail what that means for callers, or what there is to know of it
 */
record Health(
        Status status, @Nullable Long sinceMillis, @Nullable String detail) {
    static final Health READY = new Health(Status.READY, null, null);
    static final Health UNAVAILABLE = new Health(Status.UNAVAILABLE, null, null);

    /** From best to worst. */
    enum Status {
        READY("ready"),
        /** Does a part of its work; the server stays ready. */
        DEGRADED("degraded"),
        UNAVAILABLE("unavailable");

        private final String text;

        Status(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /** Does all of its work, and what there is to say of that. */
    static Health ready(String detail) {
        return new Health(Status.READY, null, detail);
    }

    static Health of(boolean works) {
        return works ? READY : UNAVAILABLE;
    }

    /** Since when is found out by who watches it, where that is null. */
    static Health degraded(@Nullable Long sinceMillis, String detail) {
        return new Health(Status.DEGRADED, sinceMillis, detail);
    }
}
