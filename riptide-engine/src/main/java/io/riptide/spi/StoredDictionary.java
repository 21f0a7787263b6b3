package io.riptide.spi;

/**
 * A dictionary with which entries of one tenant's namespace are compressed.
 *
 * @param tenantId whose
 * @param namespace in which namespace
 * @param id differs among those of a namespace; entries name it
 * @param createdMillis when it was made, epoch milliseconds; the newest is the one in use
 * @param neededUntilMillis until when an entry may need it, epoch milliseconds; from then on it may be gone
 * @param bytes what it is; not changed by anyone after this is made
 */
public record StoredDictionary(
        String tenantId, String namespace, int id, long createdMillis, long neededUntilMillis, byte[] bytes) {}
