package io.riptide.config;

/**
 * {@code web}.
 *
 * @param userAgent what origins are told
 * @param allowPrivateAddresses whether loopback, private and link-local addresses may be fetched
 * @param maxBodyBytes largest body taken from an origin
 */
public record WebConfig(String userAgent, boolean allowPrivateAddresses, int maxBodyBytes) {}
