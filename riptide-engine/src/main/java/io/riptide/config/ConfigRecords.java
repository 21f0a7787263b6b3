package io.riptide.config;

import static io.riptide.config.ConfigSchema.CACHE;
import static io.riptide.config.ConfigSchema.NAMESPACES;
import static io.riptide.config.ConfigSchema.QUOTAS;
import static io.riptide.config.ConfigSchema.ROCKSDB;
import static io.riptide.config.ConfigSchema.TENANT;

import io.riptide.config.CacheConfig.Compression;
import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.CacheConfig.NamespaceConfig;
import io.riptide.config.TenantConfig.QuotaConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Values that are valid one by one, with defaults filled in: their relations, and the records made of them. */
final class ConfigRecords {
    private static final String TTL = ".default_ttl_seconds";
    private static final String DEFAULT_TTL = CACHE + "default_ttl_seconds";
    private static final String MAX_TTL = CACHE + "max_ttl_seconds";

    private final Map<String, ConfigValue> values = new LinkedHashMap<>();

    /** Over the values that were written. */
    ConfigRecords(Map<String, ConfigValue> written) {
        for (ConfigKey key : ConfigSchema.keys()) {
            String path = key.path();
            if (path.equals(ConfigSchema.NAMESPACE_TTL)) {
                written.values().stream()
                        .filter(v -> v.path().startsWith(NAMESPACES))
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
        List<ConfigError> errors = new ArrayList<>();
        int namespaces = 0;
        for (ConfigValue value : values.values()) {
            namespaces += value.path().startsWith(NAMESPACES) ? 1 : 0;
            boolean tooLong = value.path().startsWith(CACHE)
                    && value.path().endsWith(TTL)
                    && (Long) value.value() > whole(MAX_TTL);
            if (tooLong) {
                String most =
                        "at most " + MAX_TTL + ", which is " + value(MAX_TTL).shown();
                errors.add(new ConfigError(value.origin(), value.path(), value.shown() + " (expected " + most + ")"));
            }
            if (namespaces == ConfigCheck.MAX_NAMESPACES + 1) {
                String message = "too many namespaces (expected at most " + ConfigCheck.MAX_NAMESPACES + ")";
                errors.add(new ConfigError(value.origin(), value.path(), message));
            }
        }
        return errors;
    }

    PersistenceConfig config() {
        return new PersistenceConfig(
                cache(),
                tenant(),
                new StoreConfig(whole(ROCKSDB + "block_cache_bytes"), whole(ROCKSDB + "write_buffer_bytes")),
                whole("persistence.state.shutdown_timeout_seconds"),
                new WebConfig(
                        text("web.user_agent"), flag("web.allow_private_addresses"), integer("web.max_body_bytes")),
                new ServerConfig(text("server.host"), integer("server.port"), integer("server.max_connections")));
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
                String name =
                        value.path().substring(NAMESPACES.length(), value.path().length() - TTL.length());
                named.put(name, new NamespaceConfig((Long) value.value()));
            }
        }
        return named;
    }

    private TenantConfig tenant() {
        return new TenantConfig(
                flag(TENANT + "enabled"),
                new QuotaConfig(
                        whole(QUOTAS + "memory_bytes"),
                        whole(QUOTAS + "operations_per_minute"),
                        whole(QUOTAS + "storage_bytes"),
                        whole(QUOTAS + "active_sessions")),
                whole(TENANT + "max_tenants"));
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
