/** Entries, permits and news of changes in Redis, shared by several nodes. */
@NullMarked
package io.riptide.store.redis;

import org.jspecify.annotations.NullMarked;
