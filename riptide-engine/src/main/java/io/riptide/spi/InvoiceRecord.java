package io.riptide.spi;

/**
 * An invoice as it was closed. It never changes.
 *
 * @param number without gaps, over all tenants
 * @param period {@code YYYY-MM}
 * @param closedMillis when, epoch milliseconds
 * @param currency an ISO 4217 code
 * @param total a decimal number
 * @param document the whole of it, a JSON object
 */
public record InvoiceRecord(
        long number,
        TenantKey tenant,
        String period,
        long closedMillis,
        String currency,
        String total,
        String document) {}
