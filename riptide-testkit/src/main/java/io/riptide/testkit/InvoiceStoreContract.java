package io.riptide.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.spi.ControlStore;
import io.riptide.spi.InvoiceRecord;
import io.riptide.spi.InvoiceStore;
import io.riptide.spi.InvoiceStore.Draft;
import io.riptide.spi.PlanHeld;
import io.riptide.spi.TenantKey;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.TenantRecord.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every {@link ControlStore} keeps of plans and invoices; part of {@link ControlStoreContract}. */
interface InvoiceStoreContract {
    /** The store of the running test. */
    ControlStore store();

    /** Closes the store and opens it again over the same data. */
    void reopen();

    private InvoiceStore invoices() {
        return store().invoices();
    }

    private static TenantRecord changed(TenantRecord t, String plan, Status status, long atMillis) {
        return new TenantRecord(
                t.id(),
                t.name(),
                t.ownerName(),
                t.ownerEmail(),
                plan,
                status,
                t.suspendedReason(),
                t.quotas(),
                t.settings(),
                t.accessPolicies(),
                t.encryptionEnabled(),
                t.createdMillis(),
                atMillis,
                t.version() + 1);
    }

    private TenantRecord held(String id) {
        TenantRecord tenant = ControlStoreContract.tenant(id);
        store().createTenant(tenant, ControlStoreContract.key("first-" + id, id), 1_000);
        return tenant;
    }

    @Test
    default void plans_are_kept_with_each_change_and_outlive_the_tenant() {
        TenantKey key = new TenantKey("acme", 1_000);
        TenantRecord tenant = held("acme");
        assertThat(invoices().plans("acme")).containsExactly(new PlanHeld(key, "basic", 1_001, Long.MAX_VALUE));
        tenant = changed(tenant, "basic", Status.SUSPENDED, 2_000);
        store().updateTenant(tenant);
        assertThat(invoices().plans("acme")).hasSize(1);
        tenant = changed(tenant, "pro", Status.ACTIVE, 3_000);
        store().updateTenant(tenant);
        tenant = changed(tenant, "free", Status.ACTIVE, 3_000);
        store().updateTenant(tenant);
        tenant = changed(tenant, "free", Status.DELETING, 4_000);
        store().updateTenant(tenant);
        store().removeTenant("acme");
        List<PlanHeld> kept = List.of(
                new PlanHeld(key, "basic", 1_001, 3_000),
                new PlanHeld(key, "pro", 3_000, 3_000),
                new PlanHeld(key, "free", 3_000, 4_000));
        assertThat(invoices().plans("acme")).isEqualTo(kept);
        reopen();
        assertThat(invoices().plans("acme")).isEqualTo(kept);
        assertThat(invoices().plans("Acme")).isEmpty();
        assertThat(invoices().firstHeldMillis()).isEqualTo(1_001);
    }

    @Test
    default void who_held_a_plan_and_has_no_invoice_is_listed_page_by_page() {
        assertThat(invoices().firstHeldMillis()).isNull();
        for (String id : List.of("a", "b", "c")) {
            held(id);
        }
        assertThat(unbilled(null, 2)).containsExactly("a", "b");
        assertThat(unbilled(new TenantKey("b", 1_000), 2)).containsExactly("c");
        assertThat(invoices().unbilled("p", 0, 1_001, null, 9))
                .as("before they were there")
                .isEmpty();
        invoices().add(new TenantKey("b", 1_000), "p", 5, n -> new Draft("EUR", "1", "{}"));
        assertThat(unbilled(null, 9)).containsExactly("a", "c");
        assertThat(invoices().unbilled("q", 1_001, 1_002, null, 9)).hasSize(3);
        store().updateTenant(changed(ControlStoreContract.tenant("a"), "basic", Status.DELETING, 1_500));
        assertThat(invoices().unbilled("q", 1_500, 9_000, null, 9)).hasSize(2);
        assertThat(invoices().unbilled("q", 1_499, 9_000, null, 9)).hasSize(3);
    }

    private List<String> unbilled(@Nullable TenantKey after, int limit) {
        return invoices().unbilled("p", 0, 10_000, after, limit).stream()
                .map(TenantKey::id)
                .toList();
    }

    @Test
    default void an_invoice_exists_once_and_numbers_have_no_gaps_whoever_adds_them() throws Exception {
        List<Future<Boolean>> adding = new ArrayList<>();
        try (ExecutorService processes = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int process = 0; process < 4; process++) {
                String by = "by " + process;
                Callable<Boolean> add = () -> {
                    for (int i = 0; i < 20; i++) {
                        invoices().add(new TenantKey("t" + i, 1), "2026-10", 5, n -> new Draft("EUR", "1.50", by + n));
                    }
                    return true;
                };
                adding.add(processes.submit(add));
            }
        }
        for (Future<Boolean> one : adding) {
            assertThat(one.get()).isTrue();
        }
        List<InvoiceRecord> all = invoices().invoices(0, 100, null, "2026-10");
        assertThat(all.stream().map(InvoiceRecord::number))
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
        assertThat(all.stream().map(invoice -> invoice.tenant().id())).doesNotHaveDuplicates();
        InvoiceRecord one = all.getFirst();
        assertThat(one.document()).endsWith(Long.toString(one.number()));
        assertThat(one.total()).isEqualTo("1.50");
        reopen();
        assertThat(invoices().invoice(one.tenant(), "2026-10")).isEqualTo(one);
        assertThat(invoices().invoice(one.tenant(), "2026-11")).isNull();
        assertThat(invoices().invoices(18, 1, null, null)).hasSize(1);
        assertThat(invoices().invoices(0, 9, one.tenant().id(), null)).containsExactly(one);
        assertThat(invoices().invoices(0, 9, null, "2026-11")).isEmpty();
    }

    @Test
    default void the_last_closed_period_is_known() {
        assertThat(invoices().lastClosed()).isNull();
        invoices().closed("2026-10", 5);
        invoices().closed("2026-11", 6);
        invoices().closed("2026-10", 7);
        assertThat(invoices().lastClosed()).isEqualTo("2026-11");
    }
}
