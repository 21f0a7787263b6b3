package io.riptide.billing;

import io.riptide.config.BillingConfig.PlanConfig;

/**
 * A plan as it was held in a period.
 *
 * @param plan its name
 * @param terms what it costs
 * @param seconds for how long, of the period's
 * @param counts what was used in the hours that began under it, by {@link io.riptide.spi.UsageColumn}
 */
record PlanShare(String plan, PlanConfig terms, long seconds, long[] counts) {}
