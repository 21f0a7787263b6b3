package io.riptide.proof.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.RipTide;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.door.TenantCaller;
import io.riptide.problem.RipTideException;
import io.riptide.spi.AccessPolicy;
import io.riptide.spi.Backing;
import io.riptide.spi.IdempotencyRecord;
import io.riptide.spi.InvoiceStore.Draft;
import io.riptide.spi.Removal;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.StoredDictionary;
import io.riptide.spi.TenantKey;
import io.riptide.tenant.TenantManager.Created;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What a tenant leaves of every kind, and what is found of it. */
final class Traces {
    static final String GONE = "gone-4711";
    static final String STAYS = "stays-0815";
    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> NAMESPACES = List.of("a", "b", "c");
    private static final int ENTRIES = 20;

    private Traces() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Created create(RipTide riptide, String id, List<AccessPolicy> policies, boolean encrypted) {
        return riptide.tenants()
                .create(new NewTenant(
                        id,
                        "Name of " + id,
                        "Owner of " + id,
                        "owner@" + id + ".example",
                        "free",
                        new QuotaPatch(null, 1_000_000L, null, null),
                        "{\"of\":\"" + id + "\"}",
                        policies,
                        encrypted));
    }

    /** Makes a tenant with something of everything; its first API key. */
    static String fill(RipTide riptide, Backing backing, String id, boolean encrypted) {
        Created made = create(
                riptide,
                id,
                List.of(new AccessPolicy(AccessPolicy.Effect.ALLOW, List.of("*"), List.of("*"))),
                encrypted);
        riptide.tenants().createKey(id, "second of " + id, Set.of(), null);
        TenantCaller caller = riptide.door().tenant(made.key().apiKey(), null);
        for (String name : NAMESPACES) {
            Namespace namespace = caller.cache().namespace(name);
            PutOptions options = PutOptions.ttl(Duration.ofHours(1)).tags("tag", "of-" + name);
            for (int i = 0; i < ENTRIES; i++) {
                namespace.put("k" + i, bytes("v" + i), options);
            }
            backing.entries()
                    .keepDictionary(new StoredDictionary(
                            id, name, 7, 1, System.currentTimeMillis() + 3_600_000, new byte[] {1, 2, 3}));
        }
        assertThat(caller.cache().namespace("a").get("k1")).isInstanceOf(Lookup.Hit.class);
        TenantKey key = new TenantKey(id, made.tenant().createdMillis());
        backing.control().invoices().add(key, "2020-01", 1, number -> new Draft("EUR", "1.00", "{}"));
        IdempotencyRecord first = new IdempotencyRecord(
                "environment",
                "POST /admin/tenants",
                "call " + id.hashCode(),
                "h",
                null,
                null,
                null,
                System.currentTimeMillis());
        assertThat(backing.control().beginIdempotent(first, 0)).isNull();
        backing.control()
                .finishIdempotent(new IdempotencyRecord(
                        first.credential(),
                        first.route(),
                        first.key(),
                        first.bodyHash(),
                        201,
                        "{\"owner_email\":\"owner@" + id + ".example\"}",
                        id,
                        first.createdMillis()));
        return made.key().apiKey();
    }

    /** Removes many, so that the removal is not worked off yet, then the tenant; returns once nothing is pending. */
    static void erase(RipTide riptide, String apiKey) {
        TenantCaller caller = riptide.door().tenant(apiKey, null);
        var unused = caller.cache().removeTagged("of-b", Removal.Mode.REMOVE);
        assertThat(caller.cache().namespace("a").get("k1")).isInstanceOf(Lookup.Hit.class);
        riptide.tenants().delete(GONE);
        Await.until(
                PATIENCE,
                "the erasure",
                () -> riptide.tenants().list(null, 10, null, null).stream()
                        .noneMatch(tenant -> tenant.id().equals(GONE)));
        assertThat(riptide.door().caller(apiKey)).as("its key").isNull();
    }

    static StoreUsage usage(Backing backing, String id) {
        return backing.entries().usage(id);
    }

    /** An id that was erased is given anew: nothing of the one before is found, on any of the nodes. */
    static void beginsEmpty(String oldKey, Backing backing, boolean encrypted, RipTide... nodes) {
        Created again = create(nodes[0], GONE, List.of(), encrypted);
        assertThat(again.tenant().accessPolicies()).isEmpty();
        assertThat(backing.control().keys(GONE, null, 10)).hasSize(1);
        assertThat(usage(backing, GONE)).isEqualTo(new StoreUsage(0, 0));
        assertThat(backing.entries().dictionaryBytes(GONE)).isZero();
        assertThat(backing.usage().sum(GONE, again.tenant().createdMillis(), 0, Long.MAX_VALUE))
                .as("before any node does something for it")
                .containsOnly(0);
        for (RipTide node : nodes) {
            assertThat(node.door().caller(oldKey))
                    .as("the key of the one before")
                    .isNull();
            TenantCaller caller = node.door().tenant(again.key().apiKey(), null);
            assertThat(caller.grant().meter().operations()).isZero();
            for (String name : NAMESPACES) {
                Namespace namespace = caller.cache().namespace(name);
                for (int i = 0; i < ENTRIES; i++) {
                    assertThat(namespace.get("k" + i)).isInstanceOf(Lookup.Miss.class);
                }
                assertThat(namespace.list(10, null).heads()).isEmpty();
            }
            assertThat(caller.cache().removeTagged("tag", Removal.Mode.REMOVE).entries())
                    .isZero();
        }
        Namespace one =
                nodes[0].door().tenant(again.key().apiKey(), null).cache().namespace("a");
        one.put("k1", bytes("new"), PutOptions.DEFAULT.tags("tag"));
        assertThat(one.get("k1")).isInstanceOf(Lookup.Hit.class);
    }

    /** A capability from before opens nothing, whoever has the id now. */
    static void isEnded(Namespace held) {
        Await.until(PATIENCE, "the capability to end", () -> {
            try {
                var unused = held.get("k1");
                return false;
            } catch (RipTideException e) {
                return true;
            }
        });
    }
}
