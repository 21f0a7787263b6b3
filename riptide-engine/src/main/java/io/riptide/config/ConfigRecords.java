package io.riptide.config;

import static io.riptide.config.ConfigSchema.ADMIN_JWT;
import static io.riptide.config.ConfigSchema.CACHE;
import static io.riptide.config.ConfigSchema.JWT;
import static io.riptide.config.ConfigSchema.NAMESPACES;
import static io.riptide.config.ConfigSchema.QUOTAS;
import static io.riptide.config.ConfigSchema.REDIS;
import static io.riptide.config.ConfigSchema.ROCKSDB;
import static io.riptide.config.ConfigSchema.ROLES;
import static io.riptide.config.ConfigSchema.TENANT;

import io.riptide.config.CacheConfig.Compression;
import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.CacheConfig.LoadConfig;
import io.riptide.config.CacheConfig.NamespaceConfig;
import io.riptide.config.TenantConfig.QuotaConfig;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Values that are valid one by one, with defaults filled in: their relations, and the records made of them. */
final class ConfigRecords {
    private static final String TTL = ".default_ttl_seconds";
    private static final String HARD = "load_hard_timeout_ms";
    private static final String SOFT = "load_soft_timeout_ms";
    private static final String DEFAULT_TTL = CACHE + "default_ttl_seconds";
    private static final String MAX_TTL = CACHE + "max_ttl_seconds";

    private final Map<String, ConfigValue> values = new LinkedHashMap<>();
    private final PlanRecords plans;

    /** Over the values that were written. */
    ConfigRecords(Map<String, ConfigValue> written) {
        for (ConfigKey key : ConfigSchema.keys()) {
            String path = key.path();
            int named = path.indexOf(ConfigSchema.ANY);
            if (named >= 0) {
                String before = path.substring(0, named);
                String after = path.substring(named + ConfigSchema.ANY.length());
                written.values().stream()
                        .filter(v -> v.path().startsWith(before) && v.path().endsWith(after))
                        .forEach(v -> values.put(v.path(), v));
                continue;
            }
            if (path.startsWith(BillingSchema.PLAN)) {
                String last = path.substring(BillingSchema.PLAN.length() - 1);
                written.values().stream()
                        .filter(v -> v.path().startsWith(BillingSchema.PLANS))
                        .filter(v -> v.path().endsWith(last))
                        .forEach(v -> values.put(v.path(), v));
                continue;
            }
            ConfigValue value = written.get(path);
            if (value == null) {
                Object read = Objects.requireNonNull(key.type().read(key.defaultText()), path);
                value = new ConfigValue(path, read, ConfigOrigin.DEFAULT, false);
            }
            values.put(path, value);
        }
        plans = new PlanRecords(values);
        ConfigValue ttl = value(DEFAULT_TTL);
        if (ttl.origin().equals(ConfigOrigin.DEFAULT) && whole(DEFAULT_TTL) > whole(MAX_TTL)) {
            values.put(DEFAULT_TTL, new ConfigValue(DEFAULT_TTL, whole(MAX_TTL), ConfigOrigin.DEFAULT, false));
        }
    }

    /** All values in effect, in the schema's order. */
    List<ConfigValue> values() {
        return List.copyOf(values.values());
    }

    /** What is wrong between values. */
    List<ConfigError> relations() {
        List<ConfigError> errors = new ArrayList<>(plans.relations());
        Set<String> namespaces = new HashSet<>();
        for (ConfigValue value : values.values()) {
            boolean another = value.path().startsWith(NAMESPACES) && namespaces.add(namespace(value.path()));
            boolean tooLong = value.path().startsWith(CACHE)
                    && value.path().endsWith(TTL)
                    && (Long) value.value() > whole(MAX_TTL);
            if (tooLong) {
                String most =
                        "at most " + MAX_TTL + ", which is " + value(MAX_TTL).shown();
                errors.add(new ConfigError(value.origin(), value.path(), value.shown() + " (expected " + most + ")"));
            }
            if (value.path().startsWith(NAMESPACES) && value.path().endsWith("." + SOFT)) {
                softBelowHard(value, errors);
            }
            if (another && namespaces.size() == ConfigCheck.MAX_NAMESPACES + 1) {
                String message = "too many namespaces (expected at most " + ConfigCheck.MAX_NAMESPACES + ")";
                errors.add(new ConfigError(value.origin(), value.path(), message));
            }
        }
        new TokenRelations(values).check(errors);
        return errors;
    }

    private void softBelowHard(ConfigValue soft, List<ConfigError> errors) {
        String hard = NAMESPACES + namespace(soft.path()) + "." + HARD;
        long limit = wholeOr(hard, 0);
        if (limit > 0 && (Long) soft.value() >= limit) {
            String expected =
                    " (expected less than " + hard + ", which is " + value(hard).shown() + ")";
            errors.add(new ConfigError(soft.origin(), soft.path(), soft.shown() + expected));
        }
    }

    PersistenceConfig config() {
        return new PersistenceConfig(
                cache(),
                tenant(),
                new StoreConfig(whole(ROCKSDB + "block_cache_bytes"), whole(ROCKSDB + "write_buffer_bytes")),
                redis(),
                new ControlConfig(text("persistence.control.url")),
                whole("persistence.state.shutdown_timeout_seconds"),
                new JwtConfig(token(JWT), text(JWT + "tenant_claim"), text(JWT + "scopes_claim")),
                new AdminJwtConfig(token(ADMIN_JWT), text(ADMIN_JWT + "roles_claim"), roles()),
                new WebConfig(
                        text("web.user_agent"), flag("web.allow_private_addresses"), integer("web.max_body_bytes")),
                new ServerConfig(text("server.host"), integer("server.port"), integer("server.max_connections")),
                new SecurityConfig(text("security.master_key")),
                new ObservabilityConfig(flag("observability.metrics_public"), integer("observability.tenant_series")),
                new AuditConfig(whole("audit.retention_days")),
                new BillingConfig(
                        Currency.getInstance(text("billing.currency")),
                        whole("billing.grace_period_hours"),
                        plans.plans()));
    }

    private TokenConfig token(String prefix) {
        return new TokenConfig(
                text(prefix + "issuer"),
                text(prefix + "audience"),
                text(prefix + "jwks_url"),
                text(prefix + "public_key"));
    }

    private Map<String, String> roles() {
        Map<String, String> roles = new LinkedHashMap<>();
        values.forEach((path, value) -> {
            if (path.startsWith(ROLES)) {
                roles.put(path.substring(ROLES.length()), (String) value.value());
            }
        });
        return roles;
    }

    private RedisConfig redis() {
        return new RedisConfig(
                text(REDIS + "url"),
                RedisConfig.Mode.valueOf(word(REDIS + "mode")),
                integer(REDIS + "pool_size"),
                whole(REDIS + "command_timeout_ms"),
                text(REDIS + "ca_certificate"));
    }

    private CacheConfig cache() {
        return new CacheConfig(
                whole(DEFAULT_TTL),
                whole(MAX_TTL),
                integer(CACHE + "max_entry_bytes"),
                whole(CACHE + "max_memory_bytes"),
                Durability.valueOf(word(CACHE + "durability")),
                flag(CACHE + "enable_compression"),
                Compression.valueOf(word(CACHE + "compression_algorithm")),
                integer(CACHE + "compression_threshold_bytes"),
                namespaces());
    }

    private Map<String, NamespaceConfig> namespaces() {
        Map<String, NamespaceConfig> named = new LinkedHashMap<>();
        for (ConfigValue value : values.values()) {
            if (value.path().startsWith(NAMESPACES)) {
                named.computeIfAbsent(namespace(value.path()), this::namespaceConfig);
            }
        }
        return named;
    }

    /** The name in the path of a namespace's key; it may hold dots, what stands behind it does not. */
    private static String namespace(String path) {
        return path.substring(NAMESPACES.length(), path.lastIndexOf('.'));
    }

    private NamespaceConfig namespaceConfig(String name) {
        String prefix = NAMESPACES + name + ".";
        return new NamespaceConfig(
                wholeOr(prefix + "default_ttl_seconds", whole(DEFAULT_TTL)),
                Math.toIntExact(wholeOr(prefix + "ttl_jitter_percent", 0)),
                new LoadConfig(
                        wholeOr(prefix + HARD, 0),
                        wholeOr(prefix + SOFT, 0),
                        Math.toIntExact(wholeOr(prefix + "early_refresh_percent", 0)),
                        wholeOr(prefix + "stale_while_revalidate_seconds", 0),
                        wholeOr(prefix + "stale_if_error_seconds", 0),
                        wholeOr(prefix + "negative_ttl_seconds", 0),
                        wholeOr(prefix + "failure_ttl_seconds", 0)));
    }

    private long wholeOr(String path, long otherwise) {
        ConfigValue value = values.get(path);
        return value == null ? otherwise : (Long) value.value();
    }

    private TenantConfig tenant() {
        return new TenantConfig(
                flag(TENANT + "enabled"),
                new QuotaConfig(
                        whole(QUOTAS + "memory_bytes"),
                        whole(QUOTAS + "operations_per_minute"),
                        whole(QUOTAS + "storage_bytes"),
                        whole(QUOTAS + "active_sessions")),
                whole(TENANT + "max_tenants"),
                new TenantConfig.ShadowConfig(
                        flag(TENANT + "shadow.operations_per_minute"), flag(TENANT + "shadow.storage_bytes")),
                new TenantConfig.AutoSuspend(
                        flag(TENANT + "auto_suspend.enabled"),
                        whole(TENANT + "auto_suspend.after_violations"),
                        whole(TENANT + "auto_suspend.within_seconds")),
                TenantConfig.StorageFull.valueOf(word(TENANT + "storage_full")));
    }

    private ConfigValue value(String path) {
        return Objects.requireNonNull(values.get(path), path);
    }

    private long whole(String path) {
        return (Long) value(path).value();
    }

    private int integer(String path) {
        return Math.toIntExact(whole(path));
    }

    private boolean flag(String path) {
        return (Boolean) value(path).value();
    }

    private String text(String path) {
        return (String) value(path).value();
    }

    private String word(String path) {
        return text(path).toUpperCase(Locale.ROOT);
    }
}
