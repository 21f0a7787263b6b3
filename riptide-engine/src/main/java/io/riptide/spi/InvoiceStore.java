package io.riptide.spi;

import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which plans tenants held, and the invoices that were made of it. Both outlive the tenant. Each method is one
 * transaction, and throws a {@code RipTideException} with {@code store-unavailable} where the store cannot answer.
 */
public interface InvoiceStore {
    /**
     * The plans that tenants of an id held, in the order of time; each tenant that had the id by its own
     * {@code createdMillis}.
     */
    List<PlanHeld> plans(String tenantId);

    /**
     * Tenants without an invoice for a period that held a plan in some of a time, in the order of their ids.
     *
     * @param fromMillis where the time begins, epoch milliseconds
     * @param untilMillis where it ends, exclusive
     * @param after the last one of the page before, or null
     */
    List<TenantKey> unbilled(String period, long fromMillis, long untilMillis, @Nullable TenantKey after, int limit);

    /** When a plan was held first, epoch milliseconds; null where none ever was. */
    @Nullable Long firstHeldMillis();

    /**
     * Adds an invoice with the next number, unless the tenant has one for that period: then that one is the answer.
     * Numbers are without gaps, over all processes.
     *
     * @param document makes its text of its number
     */
    InvoiceRecord add(TenantKey tenant, String period, long nowMillis, LongFunction<Draft> document);

    /** An invoice, or null. */
    @Nullable InvoiceRecord invoice(TenantKey tenant, String period);

    /**
     * Invoices in the order of their numbers.
     *
     * @param after the last number of the page before, or 0
     * @param tenantId only those of tenants of this id, or null
     * @param period only those for this period, or null
     */
    List<InvoiceRecord> invoices(long after, int limit, @Nullable String tenantId, @Nullable String period);

    /** Notes that every tenant has its invoice for a period; idempotent. */
    void closed(String period, long nowMillis);

    /** The last period that was closed, or null. */
    @Nullable String lastClosed();

    /** What an invoice says, beside its whole text. */
    record Draft(String currency, String total, String document) {}
}
