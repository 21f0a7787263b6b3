package io.riptide.cache;

import io.riptide.config.CacheConfig;
import io.riptide.spi.EntryStore;
import io.riptide.spi.Time;
import org.jspecify.annotations.Nullable;

/**
 * What the caches of all tenants share.
 *
 * @param changes null where this process alone writes to the store
 */
record Tiers(
        CacheConfig config,
        EntryStore store,
        @Nullable Changes changes,
        Fence fence,
        Time time,
        Compression compression,
        Versions versions,
        Governor governor,
        LoadThreads loads,
        LoadTurns turns,
        RestingKeys resting) {}
