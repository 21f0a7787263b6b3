package io.riptide.config;

/**
 * Tokens of tenants.
 *
 * @param token whose they are
 * @param tenantClaim the claim that names the tenant
 * @param scopesClaim the claim that holds scopes: a text with spaces between them, or a list
 */
public record JwtConfig(TokenConfig token, String tenantClaim, String scopesClaim) {}
