/**
 * What: {@link io.riptide.config.PersistenceConfig} and its records, the schema they are read by, and the reading
 * itself: YAML folders, environment, command line, merged; all errors at once, each with file and line. Path: read
 * before anything starts. Bounds: files of at most 1 MiB. Threads: immutable. Failure: a {@code config-invalid} with
 * each error.
 */
@NullMarked
package io.riptide.config;

import org.jspecify.annotations.NullMarked;
