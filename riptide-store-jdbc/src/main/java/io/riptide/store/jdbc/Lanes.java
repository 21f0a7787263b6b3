package io.riptide.store.jdbc;

import io.riptide.spi.ControlStore;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** A database that one process writes to, by one thread; a few read. */
final class Lanes implements Database {
    private static final int READERS = 4;

    private final Lane writer;
    private final Lane readers;

    Lanes(Executor threads, Connections writer, Connections readers, Duration patience) {
        this.writer = Lane.writer(threads, patience, writer);
        this.readers = Lane.readers(READERS, threads, patience, readers);
    }

    @Override
    public <T extends @Nullable Object> T read(Work<T> work) {
        return readers.call(work);
    }

    @Override
    public <T extends @Nullable Object> T write(Work<T> work) {
        return writer.call(work);
    }

    @Override
    public String forUpdate() {
        return "";
    }

    @Override
    public String larger() {
        return "max";
    }

    @Override
    public void prune(Handle handle) {
        // It keeps nothing.
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public void listen(ControlStore.Changes changes) {
        // Nobody else changes anything.
    }

    @Override
    public boolean lease(String job, String holder, long forMillis) {
        return true;
    }

    @Override
    public void release(String job, String holder) {
        // Nobody else wants it.
    }

    @Override
    public void close() {
        readers.close();
        writer.close();
    }
}
