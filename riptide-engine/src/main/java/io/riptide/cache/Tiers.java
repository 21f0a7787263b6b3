package io.riptide.cache;

import io.riptide.config.CacheConfig;
import io.riptide.spi.EntryStore;
import io.riptide.spi.Time;

/** What the caches of all tenants share. */
record Tiers(
        CacheConfig config,
        EntryStore store,
        Time time,
        Compression compression,
        Versions versions,
        Governor governor,
        LoadThreads loads,
        RestingKeys resting) {}
