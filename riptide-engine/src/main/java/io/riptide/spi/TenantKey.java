package io.riptide.spi;

/**
 * A tenant for all time: an id may be given anew.
 *
 * @param id its id
 * @param createdMillis when it was made, epoch milliseconds
 */
public record TenantKey(String id, long createdMillis) {}
