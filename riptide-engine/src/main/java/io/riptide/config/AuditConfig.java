package io.riptide.config;

/**
 * The audit log.
 *
 * @param retentionDays after how many days a row may go
 */
public record AuditConfig(long retentionDays) {}
