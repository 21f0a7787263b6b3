package io.riptide.server.demo;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Writes notes of a tenant one after the other until the server is gone, and remembers which ones it acknowledged. */
final class DemoWriter {
    private static final int ENOUGH = 100;
    /** As many as one batch reads. */
    private static final int MOST = 1000;

    private final DemoClient client;
    private final List<String> acknowledged = new CopyOnWriteArrayList<>();
    private final CountDownLatch enough = new CountDownLatch(ENOUGH);
    private final Thread thread = Thread.ofVirtual().unstarted(this::write);

    private DemoWriter(DemoClient client) {
        this.client = client;
    }

    static DemoWriter start(DemoClient client) {
        DemoWriter writer = new DemoWriter(client);
        writer.thread.start();
        return writer;
    }

    /** Waits until it is well under way; false where that takes too long. */
    boolean awaitEnough() throws InterruptedException {
        return enough.await(20, TimeUnit.SECONDS);
    }

    /** Waits until it met the end of the server; how many writes were acknowledged. */
    int end() throws InterruptedException {
        thread.join();
        return acknowledged.size();
    }

    /** How many of the acknowledged notes are there now, with what was written. */
    int found() throws IOException, InterruptedException {
        String keys = acknowledged.stream().map(key -> '"' + key + '"').collect(Collectors.joining(","));
        DemoAnswer answer = client.post("/v1/cache/notes/_batch/get", "{\"keys\":[" + keys + "]}");
        int found = 0;
        for (var entry : answer.json().path("entries")) {
            if (entry.path("value").asText().equals(text(entry.path("key").asText()))) {
                found++;
            }
        }
        return found;
    }

    private void write() {
        try {
            for (int i = 0; i < MOST; i++) {
                String key = "note-" + i;
                int status = client.put("/v1/cache/notes/" + key, text(key)).status();
                if (status != 201) {
                    return;
                }
                acknowledged.add(key);
                enough.countDown();
            }
        } catch (IOException e) {
            // The server is gone, as it should be: what it did not acknowledge is not counted.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String text(String key) {
        return "what stands in " + key;
    }
}
