package io.riptide.spi;

import io.riptide.entry.StoreKey;
import java.util.Map;

/** Nobody else loads. */
final class NoLoadLeases implements LoadLeases {
    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public String take(StoreKey key, String load, long millis) {
        return load;
    }

    @Override
    public void keep(Map<StoreKey, String> loads, long millis) {}

    @Override
    public void release(StoreKey key, String load) {}
}
