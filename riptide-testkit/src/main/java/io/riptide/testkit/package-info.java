/**
 * Contract tests for stores, manual time, faults of a network: what those need who write a store or test code over
 * RipTide. Published.
 */
@NullMarked
package io.riptide.testkit;

import org.jspecify.annotations.NullMarked;
