package io.riptide.cache;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A cache in a folder of its own for each test, and in it the tenant {@code acme} with the namespace {@code n}. */
abstract class CacheFixture {
    @TempDir
    Path folder;

    CacheRig rig;
    TenantCache cache;
    Namespace namespace;

    @BeforeEach
    void open() {
        rig = new CacheRig(folder);
        cache = rig.tenant("acme");
        namespace = cache.namespace("n");
    }

    @AfterEach
    void close() {
        rig.close();
    }
}
