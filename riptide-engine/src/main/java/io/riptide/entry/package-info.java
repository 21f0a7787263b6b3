/**
 * Room 5 of 6 on the path of a read; before: cache; after: spi.
 *
 * <p>What: bytes. Store keys, envelopes, heads, compression: pure functions without I/O, clock or state. Path: the
 * cache seals an entry before it writes and opens it after it reads. Bounds: key 1 to 1,024 bytes of UTF-8, at most
 * 16 tags of at most 128 bytes, content type at most 255 bytes, value at most 64 MiB. Threads: everything here may be
 * called by any number at once; what is kept between calls (Zstandard's work space) no result depends on. Failure:
 * bytes that do not open are reported as damaged, never thrown.
 */
@NullMarked
package io.riptide.entry;

import org.jspecify.annotations.NullMarked;
