/**
 * Who did what: rows that are only added to, each sealed over all before it.
 *
 * <p>What: {@link io.riptide.audit.AuditLog} takes {@link io.riptide.audit.AuditEvent}s and checks the chain of what
 * was written. Path: none of a read; rooms above and the server tell it. Bounds: texts, members of a detail, groups of
 * what comes in floods, rows of a page. Threads: any. Failure: what must be written before an answer fails with {@code
 * store-unavailable}; what comes in floods is kept and written later.
 */
@NullMarked
package io.riptide.audit;

import org.jspecify.annotations.NullMarked;
