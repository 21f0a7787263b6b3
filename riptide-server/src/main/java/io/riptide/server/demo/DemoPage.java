package io.riptide.server.demo;

import java.util.Map;

/**
 * A page of the demo's website.
 *
 * @param headers besides {@code Date} and {@code Content-Length}
 * @param makingMillis how long the site takes to make it
 * @param kept whether a shared cache may keep it
 */
record DemoPage(String path, int status, Map<String, String> headers, byte[] body, long makingMillis, boolean kept) {
    /** A page is made in about as long as a page with a few queries takes. */
    private static final long USUAL_MILLIS = 40;

    static DemoPage of(String path, int status, String type, String cacheControl, byte[] body) {
        boolean kept = !cacheControl.equals("no-store");
        return new DemoPage(
                path, status, Map.of("Content-Type", type, "Cache-Control", cacheControl), body, USUAL_MILLIS, kept);
    }

    DemoPage making(long millis) {
        return new DemoPage(path, status, headers, body, millis, kept);
    }

    static DemoPage redirect(String path, int status, String to, String cacheControl) {
        boolean kept = !cacheControl.equals("no-store");
        return new DemoPage(
                path, status, Map.of("Location", to, "Cache-Control", cacheControl), new byte[0], USUAL_MILLIS, kept);
    }
}
