package io.riptide.spi;

/**
 * A plan that a tenant held for some time.
 *
 * @param fromMillis epoch milliseconds
 * @param untilMillis exclusive; {@link Long#MAX_VALUE} while it is held
 */
public record PlanHeld(TenantKey tenant, String plan, long fromMillis, long untilMillis) {}
