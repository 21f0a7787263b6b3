package io.riptide.billing;

import io.riptide.config.BillingConfig;
import io.riptide.config.BillingConfig.PlanConfig;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.InvoiceRecord;
import io.riptide.spi.InvoiceStore;
import io.riptide.spi.PlanHeld;
import io.riptide.spi.TenantKey;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.Time;
import io.riptide.spi.UsageColumn;
import io.riptide.spi.UsageStore;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bills: what each tenant owes for a month, open until it is closed, then an invoice with a number that never changes.
 *
 * <p>An invoice exists once because the store adds it once, whoever asks: any number of threads and processes may close
 * at the same time, and one that dies in between leaves no more than invoices that are whole.
 */
public final class Biller {
    private static final Logger LOG = LoggerFactory.getLogger(Biller.class);
    private static final int PAGE = 500;
    private static final int HOURS_A_DAY = 24;

    private final BillingConfig config;
    private final InvoiceStore invoices;
    private final UsageStore usage;
    private final Time time;
    private final @Nullable TenantRecord byConfiguration;
    private volatile Set<TenantKey> waiting = Set.of();

    /**
     * Over these stores.
     *
     * @param byConfiguration the tenant that is there by configuration, whose plan no store knows: it has a bill that
     *     stays open, and no invoice; or null
     */
    public Biller(
            BillingConfig config,
            InvoiceStore invoices,
            UsageStore usage,
            @Nullable TenantRecord byConfiguration,
            Time time) {
        this.config = config;
        this.invoices = invoices;
        this.usage = usage;
        this.byConfiguration = byConfiguration;
        this.time = time;
    }

    /**
     * What came of a close.
     *
     * @param period which one
     * @param made invoices that this call made
     * @param failed tenants that lack one, for their plan is not configured any more: from the first month that they
     *     lack on they wait, and that month stays open
     */
    public record Closing(Period period, long made, List<String> failed) {}

    /**
     * A tenant's bill as JSON: the invoice where the period is closed, else what is known by now, which is about a
     * second old. Where an id was given anew, that of the newest tenant that had it then.
     *
     * @param period {@code YYYY-MM}; null for the one that runs
     * @throws RipTideException {@code invalid-request} where it is no month or one to come; {@code not-found} where no
     *     tenant of that id held a plan in it; {@code store-unavailable}
     */
    public String bill(String tenantId, @Nullable String period) {
        Period running = Period.at(time.wallMillis());
        Period wanted = period == null ? running : Period.parse(period);
        if (wanted.compareTo(running) > 0) {
            throw invalid(wanted, "a month that has begun, so " + running + " or an earlier one");
        }
        List<PlanHeld> held = invoices.plans(tenantId).stream()
                .filter(plan -> plan.fromMillis() < wanted.untilMillis() && plan.untilMillis() > wanted.fromMillis())
                .toList();
        TenantKey tenant = held.isEmpty() ? null : held.getLast().tenant();
        InvoiceRecord invoice = tenant == null ? null : invoices.invoice(tenant, wanted.toString());
        if (invoice != null) {
            return invoice.document();
        }
        if (byConfiguration != null && byConfiguration.id().equals(tenantId)) {
            tenant = key(byConfiguration);
        }
        if (tenant == null) {
            throw Problem.of(
                            ProblemCode.NOT_FOUND,
                            "There is no bill: no tenant of this id held a plan in " + wanted + ".")
                    .asException();
        }
        return BillJson.print(draft(tenant, wanted));
    }

    private static TenantKey key(TenantRecord tenant) {
        return new TenantKey(tenant.id(), tenant.createdMillis());
    }

    /** Invoices in the order of their numbers. The limit is 1 to 1,000. */
    public List<InvoiceRecord> list(long after, int limit, @Nullable String tenantId, @Nullable String period) {
        return invoices.invoices(
                after,
                limit,
                tenantId,
                period == null ? null : Period.parse(period).toString());
    }

    /** Plans that tenants of its id held; another tenant may have had the id of the one by configuration. */
    private List<PlanHeld> plans(TenantKey tenant) {
        TenantRecord fixed = byConfiguration;
        return fixed != null && key(fixed).equals(tenant)
                ? List.of(new PlanHeld(tenant, fixed.billingPlan(), fixed.createdMillis(), Long.MAX_VALUE))
                : invoices.plans(tenant.id());
    }

    private Bill draft(TenantKey tenant, Period period) {
        List<PlanShare> shares = shares(tenant, period, null);
        int digits = config.currency().getDefaultFractionDigits();
        Pricing pricing = new Pricing(period, digits);
        List<BillLine> lines = new ArrayList<>(pricing.lines(shares));
        BigDecimal saved = pricing.saved(shares, lines);
        Period before = period.previous();
        InvoiceRecord closed = invoices.invoice(tenant, before.toString());
        if (closed != null && closed.currency().equals(config.currency().getCurrencyCode())) {
            List<PlanShare> now = shares(tenant, before, BillJson.terms(closed.document()));
            lines.addAll(Pricing.adjustments(
                    before, BillJson.lines(closed.document()), new Pricing(before, digits).lines(now)));
        }
        return new Bill(tenant, period, config.currency().getCurrencyCode(), digits, null, shares, lines, saved);
    }

    /**
     * The plans that a tenant held in a period, with what it used in the hours that began under each.
     *
     * @param terms by which they are priced, or null for those that are configured
     */
    private List<PlanShare> shares(TenantKey tenant, Period period, @Nullable List<BillJson.Term> terms) {
        Map<String, Long> seconds = new LinkedHashMap<>();
        TreeMap<Long, String> byHour = new TreeMap<>();
        for (PlanHeld held : plans(tenant)) {
            long from = Math.max(held.fromMillis(), period.fromMillis());
            long until = Math.min(held.untilMillis(), period.untilMillis());
            if (held.tenant().equals(tenant) && from < until) {
                Long before = seconds.remove(held.plan());
                // Behind the others again: the last one is the plan that the bill is said to be of.
                seconds.put(held.plan(), seconds(until) - seconds(from) + (before == null ? 0 : before));
                // An hour is that of the plan that is held when it begins; the first plan has its own first hour, too.
                long hour = byHour.isEmpty() ? period.fromHour() : hourFrom(from);
                byHour.put(hour, held.plan());
            }
        }
        Map<String, long[]> counts = new LinkedHashMap<>();
        seconds.keySet().forEach(plan -> counts.put(plan, new long[UsageColumn.count()]));
        for (Map.Entry<Long, String> from : byHour.entrySet()) {
            Long next = byHour.higherKey(from.getKey());
            long until = next == null ? period.untilHour() : Math.min(next, period.untilHour());
            if (from.getKey() < until) {
                long[] used = usage.sum(tenant.id(), tenant.createdMillis(), from.getKey(), until);
                long[] sum = Objects.requireNonNull(counts.get(from.getValue()));
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += used[i];
                }
            }
        }
        List<PlanShare> shares = new ArrayList<>();
        seconds.forEach((plan, held) ->
                shares.add(new PlanShare(plan, terms(plan, terms), held, Objects.requireNonNull(counts.get(plan)))));
        return shares;
    }

    private static long seconds(long millis) {
        return Math.floorDiv(millis, TimeUnit.SECONDS.toMillis(1));
    }

    private static long hourFrom(long millis) {
        return Math.ceilDiv(millis, TimeUnit.HOURS.toMillis(1));
    }

    private PlanConfig terms(String plan, @Nullable List<BillJson.Term> then) {
        if (then != null) {
            for (BillJson.Term term : then) {
                if (term.plan().equals(plan)) {
                    return term.terms();
                }
            }
        }
        PlanConfig terms = config.plans().get(plan);
        if (terms == null) {
            throw Problem.of(
                            ProblemCode.CONFLICT,
                            "billing.plans." + plan + " is not configured (expected: every plan that a tenant holds).")
                    .asException();
        }
        return terms;
    }

    /** The last period that may be closed by now: it ended, and the hours of grace have passed. */
    private Period lastDue() {
        return Period.at(time.wallMillis() - TimeUnit.HOURS.toMillis(config.gracePeriodHours()))
                .previous();
    }

    /**
     * Closes a period, and those before it that are still open. A tenant that cannot be billed for one of them holds up
     * nobody else. Idempotent.
     *
     * @param period {@code YYYY-MM}; null for the last one that may be closed
     * @throws RipTideException {@code invalid-request} where it is no month, or one that may not be closed yet
     */
    public Closing close(@Nullable String period) {
        return close(period, new LinkedHashSet<>());
    }

    /** Adds the tenants that wait to a set. */
    private Closing close(@Nullable String period, Set<TenantKey> failed) {
        Period due = lastDue();
        Period wanted = period == null ? due : Period.parse(period);
        if (wanted.compareTo(due) > 0) {
            throw invalid(
                    wanted,
                    "a month that ended more than " + config.gracePeriodHours() + " hours ago, so " + due
                            + " or an earlier one");
        }
        long made = 0;
        for (Period next = firstOpen(); next != null && next.compareTo(wanted) <= 0; next = next.next()) {
            made += closeAll(next, failed);
            if (failed.isEmpty()) {
                invoices.closed(next.toString(), time.wallMillis());
            }
        }
        return new Closing(
                wanted, made, failed.stream().map(TenantKey::id).distinct().toList());
    }

    /** Tenants that lack an invoice of a month that is over, as the last {@link #round} found; else zero. */
    public int waiting() {
        return waiting.size();
    }

    /** The rounds are another process's now. */
    public void rest() {
        waiting = Set.of();
    }

    /**
     * What is due, closed; then what no bill needs any more by the hour, folded into days.
     *
     * @return what came of the close, or null where nothing was due
     */
    public @Nullable Closing round() {
        Period due = lastDue();
        Period open = firstOpen();
        if (open == null || open.compareTo(due) > 0) {
            rest();
            if (open == null && byConfiguration != null) {
                fold(due.previous());
            }
            return null;
        }
        Set<TenantKey> failed = new LinkedHashSet<>();
        Closing closing = close(null, failed);
        waiting = Set.copyOf(failed);
        if (closing.made() > 0) {
            LOG.info("Billing up to {}: {} invoices made, {} tenants wait", due, closing.made(), waiting());
        }
        String closed = invoices.lastClosed();
        if (closed != null && Period.parse(closed).compareTo(open) >= 0) {
            fold(Period.parse(closed).previous());
        }
        return closing;
    }

    /** The bill of a period is not asked of its hours any more once the one after it is closed. */
    void fold(Period last) {
        long before = last.untilHour();
        if (before % HOURS_A_DAY != 0) {
            throw new IllegalStateException(last + " does not end with a day");
        }
        TenantKey after = null;
        do {
            after = usage.fold(after, before);
        } while (after != null);
    }

    private @Nullable Period firstOpen() {
        String last = invoices.lastClosed();
        if (last != null) {
            return Period.parse(last).next();
        }
        Long first = invoices.firstHeldMillis();
        return first == null ? null : Period.at(first);
    }

    /** Makes the invoices that a period lacks, but for tenants that failed; adds those that fail now. */
    private long closeAll(Period period, Set<TenantKey> failed) {
        long made = 0;
        TenantKey after = null;
        List<TenantKey> page;
        do {
            page = invoices.unbilled(period.toString(), period.fromMillis(), period.untilMillis(), after, PAGE);
            for (TenantKey tenant : page) {
                if (failed.contains(tenant)) {
                    continue;
                }
                try {
                    made += closeOne(tenant, period) ? 1 : 0;
                } catch (RipTideException e) {
                    if (e.problem().code() != ProblemCode.CONFLICT) {
                        throw e;
                    }
                    failed.add(tenant);
                    if (!waiting.contains(tenant)) {
                        LOG.warn(
                                "Tenant {} waits for its invoice of {}: {}",
                                tenant.id(),
                                period,
                                e.problem().detail());
                    }
                }
            }
            after = page.isEmpty() ? null : page.getLast();
        } while (page.size() == PAGE);
        return made;
    }

    private boolean closeOne(TenantKey tenant, Period period) {
        Bill bill = draft(tenant, period);
        long now = time.wallMillis();
        List<String> printed = new ArrayList<>();
        InvoiceRecord invoice = invoices.add(tenant, period.toString(), now, number -> {
            String document = BillJson.print(bill.close(number, now));
            printed.add(document);
            return new InvoiceStore.Draft(bill.currency(), bill.total().toPlainString(), document);
        });
        return printed.contains(invoice.document());
    }

    private static RipTideException invalid(Period period, String expected) {
        return Problem.invalid("period", period + " (expected: " + expected + ")")
                .asException();
    }
}
