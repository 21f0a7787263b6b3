package io.riptide.audit;

/**
 * What the log came to at some time: noted elsewhere, it tells later whether anything was cut off or changed since.
 *
 * @param seq the last row
 * @param hash what all rows up to it come to, 64 hex digits
 */
public record AuditHead(long seq, String hash) {}
