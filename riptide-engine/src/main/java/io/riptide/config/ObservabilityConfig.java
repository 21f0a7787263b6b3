package io.riptide.config;

/**
 * {@code observability}.
 *
 * @param metricsPublic whether metrics are shown to callers without a credential
 * @param tenantSeries how many tenants they name
 */
public record ObservabilityConfig(boolean metricsPublic, int tenantSeries) {}
