package io.riptide.config;

/**
 * Whose tokens are taken, and with what they are checked: one of the last two is given.
 *
 * @param issuer as tokens name it; empty: none are taken
 * @param audience as tokens name it
 * @param jwksUrl where the issuer's keys are, by https, or empty
 * @param publicKey the issuer's one key as PEM, or empty
 */
public record TokenConfig(String issuer, String audience, String jwksUrl, String publicKey) {
    /** Whether tokens are taken at all. */
    public boolean enabled() {
        return !issuer.isEmpty();
    }
}
