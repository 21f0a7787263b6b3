package io.riptide.proof.bench;

import java.util.List;

/** Keys a second of batches of 1,000 over 4 connections beside singles over 64, values of 100 bytes. */
final class BatchPart {
    private static final int KEYS = 1000;
    private static final String VALUE = "v".repeat(100);

    private final Results results;
    private final double seconds;

    BatchPart(Results results, double seconds) {
        this.results = results;
        this.seconds = seconds;
    }

    void run() throws Exception {
        try (Served served = Served.start()) {
            List<String> headers =
                    List.of("Authorization: Bearer " + served.createTenant("batch"), "Content-Type: application/json");
            String base = "http://127.0.0.1:" + served.port() + "/v1/cache/n/";
            String set = lua(
                    "POST",
                    "local b = {} for i = 0, 999 do b[#b + 1] = '{\"key\":\"b' .. i .. '\",\"value\":\"" + VALUE
                            + "\"}' end wrk.body = '{\"entries\":[' .. table.concat(b, ',') .. ']}'");
            String get = lua(
                    "POST",
                    "local b = {} for i = 0, 999 do b[#b + 1] = '\"b' .. i .. '\"' end "
                            + "wrk.body = '{\"keys\":[' .. table.concat(b, ',') .. ']}'");
            double sets =
                    compare("sets", base, headers, "_batch/set", set, single("PUT", "wrk.body = '" + VALUE + "'"));
            double gets = compare("gets", base, headers, "_batch/get", get, single("GET", ""));
            results.add("batch", "sets: batches over singles", sets, "times", "at least 5");
            results.add("batch", "gets: batches over singles", gets, "times", "at least 5");
        }
    }

    private double compare(
            String what, String base, List<String> headers, String batchPath, String batch, String single)
            throws Exception {
        Wrk.run(base + batchPath, 4, seconds, headers, batch);
        double batches =
                KEYS * Wrk.run(base + batchPath, 4, seconds, headers, batch).rate();
        Wrk.run(base + "b0", 64, seconds, headers, single);
        double singles = Wrk.run(base + "b0", 64, seconds, headers, single).rate();
        results.add("batch", what + ": keys a second, batches", batches, "a second", "");
        results.add("batch", what + ": keys a second, singles", singles, "a second", "");
        return batches / singles;
    }

    private static String lua(String method, String body) {
        return "wrk.method = '" + method + "'\n" + body + "\n";
    }

    /** A key after the other. */
    private static String single(String method, String body) {
        return lua(method, body)
                + "local at = 0\nrequest = function() at = (at + 1) % 1000 "
                + "return wrk.format(nil, '/v1/cache/n/b' .. at) end\n";
    }
}
