package io.riptide.config;

import java.util.Map;

/**
 * Tokens of administrators.
 *
 * @param token whose they are
 * @param rolesClaim the claim that holds roles: a text with spaces between them, or a list
 * @param roles which role here each of the issuer's roles stands for; others stand for none
 */
public record AdminJwtConfig(TokenConfig token, String rolesClaim, Map<String, String> roles) {
    public AdminJwtConfig {
        roles = Map.copyOf(roles);
    }
}
