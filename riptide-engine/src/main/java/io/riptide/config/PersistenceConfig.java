package io.riptide.config;

import io.riptide.problem.RipTideException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * All settings, checked.
 *
 * @param cache entries and their first tier
 * @param tenant who may come, and with which quotas
 * @param rocksdb bounds of the embedded store's native memory
 * @param redis the store that several nodes share
 * @param control where tenants and keys are
 * @param shutdownTimeoutSeconds how long a stop may take
 * @param jwt tokens of tenants
 * @param adminJwt tokens of administrators
 * @param web reading pages from origins
 * @param server where the server listens
 * @param security keys
 * @param observability what is shown of how it does
 * @param audit the log of who did what
 * @param billing what tenants pay
 */
public record PersistenceConfig(
        CacheConfig cache,
        TenantConfig tenant,
        StoreConfig rocksdb,
        RedisConfig redis,
        ControlConfig control,
        long shutdownTimeoutSeconds,
        JwtConfig jwt,
        AdminJwtConfig adminJwt,
        WebConfig web,
        ServerConfig server,
        SecurityConfig security,
        ObservabilityConfig observability,
        AuditConfig audit,
        BillingConfig billing) {

    /** Each key's default. */
    public static PersistenceConfig defaults() {
        return load(List.of(), Map.of());
    }

    /**
     * The files of these folders, merged, then the environment's {@code RIPTIDE_…__…} variables: see {@link
     * ConfigLoader}.
     *
     * @param folders in the order in which they are merged; one that is not there is empty
     * @param environment usually {@link System#getenv()}
     * @throws RipTideException {@code config-invalid} with all errors, each with its key, file and line
     */
    public static PersistenceConfig load(List<Path> folders, Map<String, String> environment) {
        return switch (new ConfigLoader(environment).load(folders, List.of())) {
            case ConfigOutcome.Valid valid -> valid.config();
            case ConfigOutcome.Invalid invalid -> throw invalid.asProblem().asException();
        };
    }
}
