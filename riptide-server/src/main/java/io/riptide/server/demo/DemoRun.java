package io.riptide.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.riptide.billing.Biller;
import io.riptide.server.demo.DemoScreen.Cell;
import io.riptide.server.demo.DemoScreen.Look;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The steps of the demo in their order. Each says what it expects and what came; what did not come as expected is
 * kept.
 */
final class DemoRun {
    private static final int AT_ONCE = 50;
    private static final long QUOTA = 6;
    private static final int OVER = 3;
    private static final long BILL_SECONDS = 10;
    private static final int TENANTS = 3;
    private static final long LOOK_AGAIN_MILLIS = 100;

    private final DemoScreen screen;
    private final DemoSite site;
    private final DemoServer server;
    private final DemoClient anyone;
    private final List<String> failures = new ArrayList<>();
    private final Map<String, Long> operations = new HashMap<>();
    private int steps;

    DemoRun(DemoScreen screen, DemoSite site, DemoServer server, DemoClient anyone) {
        this.screen = screen;
        this.site = site;
        this.server = server;
        this.anyone = anyone;
    }

    /** What did not answer as it should, by step; empty where all did. */
    List<String> failures() {
        return failures;
    }

    /** All of it. */
    void run() throws IOException, InterruptedException {
        long ready = server.start(anyone);
        screen.title("RipTide: every tenant its own durable cache");
        screen.line("website  " + site.url() + "   " + site.all().size() + " pages, each made in 40 ms, one in 700 ms");
        screen.line("server   " + server.url() + "   process " + server.pid() + ", ready after " + ready + " ms");

        DemoClient admin = anyone.withKey(server.adminKey());
        step("Two tenants, each with a key of its own");
        DemoTenant acme = tenant(admin, "acme", "pro", 10_000);
        DemoTenant globex = tenant(admin, "globex", "basic", 10_000);

        twoPasses(acme);
        isolation(acme, globex);
        manyAtOnce(globex);
        DemoTenant small = quota(admin);
        usage(admin, List.of(acme, globex, small));
        bill(admin, acme);
        killAndRestart(acme);
        invoice(admin, acme);
        tryIt(acme, globex);
    }

    private DemoTenant tenant(DemoClient admin, String id, String plan, long operationsPerMinute)
            throws IOException, InterruptedException {
        DemoAnswer answer = admin.post("/admin/tenants", """
                {"id": "%s", "name": "%s", "owner_name": "Demo", "owner_email": "demo@example.com",
                 "billing_plan": "%s", "quotas": {"operations_per_minute": %d}}
                """.formatted(id, id, plan, operationsPerMinute));
        String key = answer.json().path("api_key").asText();
        if (answer.status() != 201 || key.isEmpty()) {
            throw new DemoFailure("tenant " + id + ": the server answered " + answer.status());
        }
        String has = String.format(Locale.ROOT, "%,d operations a minute", operationsPerMinute);
        check(true, id + "  is on the plan " + plan + " and has " + has);
        return new DemoTenant(id, key, anyone.withKey(key));
    }

    private void twoPasses(DemoTenant tenant) throws IOException, InterruptedException {
        step(tenant.id() + " reads the whole site through its cache, twice");
        int before = site.requests();
        List<DemoAnswer> first = pass(tenant);
        int between = site.requests();
        List<DemoAnswer> second = pass(tenant);
        did(tenant, first.size() + second.size());
        int after = site.requests();
        table(first, second);
        long kept = site.all().stream().filter(DemoPage::kept).count();
        boolean same = true;
        for (int i = 0; i < first.size(); i++) {
            DemoPage page = site.all().get(i);
            same &= first.get(i).status() == page.status()
                    && second.get(i).status() == page.status()
                    && Arrays.equals(first.get(i).body(), page.body())
                    && Arrays.equals(second.get(i).body(), page.body());
        }
        check(same, "every page came as the site has it, redirects and the missing one too");
        check(between - before == first.size(), "first pass: the site was asked " + (between - before) + " times");
        check(
                after - between == first.size() - kept && hits(second) == kept,
                "second pass: asked " + (after - between) + " times, for the pages that it calls no-store");
    }

    private void table(List<DemoAnswer> first, List<DemoAnswer> second) {
        List<List<Cell>> rows = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            DemoAnswer one = first.get(i);
            DemoAnswer two = second.get(i);
            rows.add(List.of(
                    Cell.left(site.all().get(i).path()),
                    Cell.number(Integer.toString(one.status())),
                    Cell.number(bytes(one.body().length)),
                    Cell.number(millis(one.millis())),
                    cache(one),
                    Cell.number(millis(two.millis())).look(two.isHit() ? Look.GOOD : Look.PLAIN),
                    cache(two),
                    Cell.number(two.isHit() ? times(one, two) : "")));
        }
        double ones = first.stream().mapToDouble(DemoAnswer::millis).sum();
        double twos = second.stream().mapToDouble(DemoAnswer::millis).sum();
        rows.add(List.of(
                Cell.left(first.size() + " pages").look(Look.BOLD),
                Cell.number(""),
                Cell.number(bytes(
                        first.stream().mapToInt(answer -> answer.body().length).sum())),
                Cell.number(millis(ones)).look(Look.BOLD),
                Cell.left(hits(first) + " hits").look(Look.BOLD),
                Cell.number(millis(twos)).look(Look.BOLD),
                Cell.left(hits(second) + " hits").look(Look.BOLD),
                Cell.number("")));
        screen.table(List.of("page", "status", "size", "first", "cache", "second", "cache", "faster"), rows);
    }

    private void isolation(DemoTenant acme, DemoTenant globex) throws IOException, InterruptedException {
        step("What acme has, no one else sees");
        String page = site.url() + "/articles/tides";
        int before = site.requests();
        DemoAnswer others = globex.client().fetch(page);
        check(
                others.status() == 200 && !others.isHit() && site.requests() == before + 1,
                "globex asks for a page that acme has: a miss, fetched for globex alone");
        DemoAnswer list = globex.client().get("/v1/cache/_web");
        int entries = list.json().path("entries").size();
        did(globex, 2);
        check(list.status() == 200 && entries == 1, "globex lists its pages: " + entries + ", its own");
        refused(acme.client().as("globex").fetch(page), 403, "acme's key with globex's name");
        refused(anyone.withKey(acme.key().substring(0, acme.key().length() - 1)).fetch(page), 401, "a key cut short");
        refused(anyone.fetch(page), 401, "no key");
        refused(acme.client().get("/admin/tenants"), 403, "acme's key at the operators' door");
    }

    private void refused(DemoAnswer answer, int status, String what) {
        check(answer.status() == status, what + ": " + answer.status() + " " + answer.code());
    }

    private void manyAtOnce(DemoTenant tenant) throws InterruptedException {
        step(AT_ONCE + " callers want the slow page of " + tenant.id() + " at the same moment");
        int before = site.requests();
        long from = System.nanoTime();
        List<CompletableFuture<DemoAnswer>> calls = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < AT_ONCE; i++) {
                calls.add(CompletableFuture.supplyAsync(() -> fetchSlow(tenant), threads));
            }
        }
        long millis = (System.nanoTime() - from) / 1_000_000;
        long good = calls.stream().filter(call -> call.join().status() == 200).count();
        int asked = site.requests() - before;
        did(tenant, AT_ONCE);
        check(
                good == AT_ONCE && asked == 1,
                good + " answers after " + millis + " ms, the site was asked " + asked + " time");
    }

    private DemoAnswer fetchSlow(DemoTenant tenant) {
        try {
            return tenant.client().fetch(site.url() + DemoSite.SLOW);
        } catch (IOException e) {
            throw new CompletionException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    private DemoTenant quota(DemoClient admin) throws IOException, InterruptedException {
        step("A quota holds");
        DemoTenant small = tenant(admin, "small", "free", QUOTA);
        String page = site.url() + "/";
        int served = 0;
        DemoAnswer answer = small.client().fetch(page);
        while (answer.status() == 200 && served <= QUOTA) {
            served++;
            answer = small.client().fetch(page);
        }
        did(small, served);
        check(served == QUOTA, "small gets " + served + " pages");
        int refused = 0;
        String wait = answer.header("Retry-After");
        String code = answer.code();
        while (answer.status() == 429 && refused < OVER) {
            refused++;
            answer = small.client().fetch(page);
        }
        check(
                refused == OVER && code.equals("quota-exceeded") && wait.matches("[1-9]|10"),
                "its next " + refused + " calls: 429 " + code + ", Retry-After: " + wait + " s");
        return small;
    }

    private void usage(DemoClient admin, List<DemoTenant> tenants) throws IOException, InterruptedException {
        step("What each tenant used, and what it keeps");
        List<List<Cell>> rows = new ArrayList<>();
        boolean answered = true;
        for (DemoTenant tenant : tenants) {
            DemoAnswer used = admin.get("/admin/tenants/" + tenant.id() + "/usage");
            JsonNode usage = used.json();
            JsonNode stats =
                    admin.get("/admin/cache/stats?tenant=" + tenant.id()).json();
            rows.add(List.of(
                    Cell.left(tenant.id()),
                    Cell.number(usage.path("operations_total").asText()),
                    Cell.number(percent(usage.path("quota_usage").path("operations_per_minute"))),
                    Cell.number(bytes(usage.path("data_transfer_bytes").asLong())),
                    Cell.number(usage.path("cache_entries").asText()),
                    Cell.number(bytes(usage.path("storage_bytes").asLong())),
                    Cell.number(bytes(usage.path("memory_bytes").asLong())),
                    Cell.number(percent(stats.path("hit_rate")))));
            answered &= used.status() == 200
                    && usage.path("operations_total").asLong() == operations(tenant)
                    && usage.path("cache_entries").asLong() > 0
                    && usage.path("storage_bytes").asLong() > 0;
        }
        screen.table(
                List.of("tenant", "operations", "of quota", "sent", "entries", "stored", "in memory", "hit rate"),
                rows);
        check(answered, "each operation is counted once, a refused call not at all");
    }

    private void bill(DemoClient admin, DemoTenant tenant) throws IOException, InterruptedException {
        step("What " + tenant.id() + " owes for this month so far");
        String path = billing(tenant);
        long from = System.nanoTime();
        DemoAnswer answer = admin.get(path);
        DemoBill bill = new DemoBill(answer.json());
        // Bills are about a second behind: what was used is kept once a second.
        while (bill.operations() < operations(tenant)
                && System.nanoTime() - from < TimeUnit.SECONDS.toNanos(BILL_SECONDS)) {
            Thread.currentThread().join(LOOK_AGAIN_MILLIS);
            answer = admin.get(path);
            bill = new DemoBill(answer.json());
        }
        screen.table(DemoBill.HEADS, bill.rows());
        screen.faint(bill.saved());
        check(
                answer.status() == 200 && bill.isDraftOf(tenant.id()) && bill.operations() == operations(tenant),
                "a draft until the month is closed; it holds all " + bill.operations() + " operations");
        check(bill.addsUp(), "its lines make " + bill.total() + ", to the coin");
    }

    private void killAndRestart(DemoTenant tenant) throws IOException, InterruptedException {
        step("kill -9 while " + tenant.id() + " writes, and a start on the same data");
        long killed = server.pid();
        DemoWriter writer = DemoWriter.start(tenant.client());
        boolean under = writer.awaitEnough();
        server.kill();
        int written = writer.end();
        check(under && !anyone.isReady(), "process " + killed + " is gone; it had acknowledged " + written + " notes");
        long ready = server.start(anyone);
        int found = writer.found();
        check(found == written, "process " + server.pid() + " is ready after " + ready + " ms and has all " + found);
        List<DemoPage> kept = site.all().stream().filter(DemoPage::kept).toList();
        int before = site.requests();
        List<DemoAnswer> fromStore = pass(tenant, kept);
        List<DemoAnswer> fromMemory = pass(tenant, kept);
        check(
                fromStore.stream().allMatch(answer -> answer.tier().equals("l2")),
                kept.size() + " pages from the store (l2), " + average(fromStore) + " each");
        check(
                fromMemory.stream().allMatch(answer -> answer.tier().equals("l1")),
                kept.size() + " pages from memory (l1), " + average(fromMemory) + " each");
        int asked = site.requests() - before;
        check(asked == 0, "the site was asked " + asked + " times");
    }

    private void invoice(DemoClient admin, DemoTenant tenant) throws IOException, InterruptedException {
        step("The month ends: " + tenant.id() + " gets its invoice");
        check(server.stop() == 0, "the server stopped when it was asked to");
        Biller.Closing closing = DemoMonth.close(server.data());
        check(
                closing.made() >= TENANTS && closing.failed().isEmpty(),
                "with the clock put forward, the month is closed: " + closing.made() + " invoices");
        server.start(anyone);
        String path = billing(tenant) + "?period=" + closing.period();
        DemoAnswer answer = admin.get(path);
        DemoBill invoice = new DemoBill(answer.json());
        check(
                answer.status() == 200 && invoice.isInvoiceOf(tenant.id()) && invoice.addsUp(),
                "invoice " + invoice.number() + " of " + closing.period() + ": " + invoice.total()
                        + "; it never changes again");
        screen.line("as a page that prints:");
        screen.line("curl -H 'Authorization: Bearer " + server.adminKey() + "' -H 'Accept: text/html' \\");
        screen.line("  '" + server.url() + path + "' > invoice.html");
    }

    private static String billing(DemoTenant tenant) {
        return "/admin/tenants/" + tenant.id() + "/billing";
    }

    private void tryIt(DemoTenant acme, DemoTenant globex) {
        step("Try it");
        screen.line("acme    " + acme.key());
        screen.line("globex  " + globex.key());
        screen.line("admin   " + server.adminKey());
        screen.line("");
        screen.line("curl -i -H 'Authorization: Bearer " + acme.key() + "' \\");
        screen.line("  '" + server.url() + "/v1/fetch?url=" + site.url() + "/articles/tides'");
        screen.line("");
    }

    private List<DemoAnswer> pass(DemoTenant tenant) throws IOException, InterruptedException {
        return pass(tenant, site.all());
    }

    private List<DemoAnswer> pass(DemoTenant tenant, List<DemoPage> pages) throws IOException, InterruptedException {
        List<DemoAnswer> answers = new ArrayList<>();
        for (DemoPage page : pages) {
            answers.add(tenant.client().fetch(site.url() + page.path()));
        }
        return answers;
    }

    /** Notes what a tenant's usage is to show. */
    private void did(DemoTenant tenant, int more) {
        operations.merge(tenant.id(), (long) more, Long::sum);
    }

    private long operations(DemoTenant tenant) {
        return operations.getOrDefault(tenant.id(), 0L);
    }

    private void step(String text) {
        screen.step(++steps, text);
    }

    private void check(boolean good, String text) {
        screen.check(good, text);
        if (!good) {
            failures.add("step " + steps + ": " + text);
        }
    }

    private static long hits(List<DemoAnswer> answers) {
        return answers.stream().filter(DemoAnswer::isHit).count();
    }

    private static Cell cache(DemoAnswer answer) {
        return answer.isHit()
                ? Cell.left("hit " + answer.tier()).look(Look.GOOD)
                : Cell.left("miss").look(Look.WARM);
    }

    private static String times(DemoAnswer one, DemoAnswer two) {
        return String.format(Locale.ROOT, "%.0f×", one.millis() / Math.max(two.millis(), 0.01));
    }

    private static String average(List<DemoAnswer> answers) {
        return millis(answers.stream().mapToDouble(DemoAnswer::millis).average().orElse(0));
    }

    private static String percent(JsonNode share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share.asDouble());
    }

    private static String millis(double millis) {
        return String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%.1f ms", millis);
    }

    private static String bytes(long bytes) {
        return bytes < 10_000
                ? String.format(Locale.ROOT, "%,d B", bytes)
                : String.format(Locale.ROOT, "%,d KiB", Math.ceilDiv(bytes, 1024));
    }
}
