package io.riptide.door;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.riptide.config.TokenConfig;
import io.riptide.problem.FieldError;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.Time;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Checks the tokens of one issuer for one audience (RFC 7519, and RFC 8725 on what goes wrong with them): the
 * signature by a key of that issuer and the algorithm of that key, then {@code iss}, {@code aud}, {@code exp} and
 * {@code nbf}. A token without {@code exp} is refused, and so is one with critical headers.
 */
final class TokenCheck {
    /** By how much clocks of issuers may be ahead. */
    private static final long AHEAD_MILLIS = 30_000;

    private final TokenConfig config;
    private final SigningKeys keys;
    private final Time time;

    TokenCheck(TokenConfig config, SigningKeys keys, Time time) {
        this.config = config;
        this.keys = keys;
        this.time = time;
    }

    /** With the key or the place of keys that the configuration names; {@code config-invalid} where that is no key. */
    static TokenCheck of(String section, TokenConfig config, Time time) {
        if (config.publicKey().isEmpty()) {
            PublishedKeys published = new PublishedKeys(URI.create(config.jwksUrl()), trust(), PublishedKeys.PATIENCE);
            return new TokenCheck(config, new RemoteKeys(published, time), time);
        }
        SigningKey key = SigningKey.ofPem(config.publicKey());
        if (key == null) {
            String message = "not a key that is taken (expected: RSA of at least 2048 bits, P-256 or Ed25519, in PEM)";
            List<FieldError> errors = List.of(new FieldError(section + ".public_key", message));
            throw new Problem(ProblemCode.CONFIG_INVALID, section + ".public_key: " + message, Map.of(), errors)
                    .asException();
        }
        return new TokenCheck(config, id -> List.of(key), time);
    }

    private static SSLContext trust() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    /** Whether a token says that it is of this issuer and for this audience; nothing of it is verified by that. */
    boolean concerns(JWTClaimsSet claims) {
        return config.issuer().equals(claims.getIssuer())
                && claims.getAudience().contains(config.audience());
    }

    /** The key that signed a token of this issuer and audience, or null where none did or it does not hold now. */
    @Nullable SigningKey signer(SignedJWT token, JWTClaimsSet claims) {
        JWSHeader header = token.getHeader();
        if (header.getCriticalParams() != null && !header.getCriticalParams().isEmpty()) {
            return null;
        }
        long now = time.wallMillis();
        if (expires(claims) <= now || millis(claims.getNotBeforeTime(), now) > now + AHEAD_MILLIS) {
            return null;
        }
        return keys.of(header.getKeyID()).stream()
                .filter(key -> key.signed(token))
                .findFirst()
                .orElse(null);
    }

    /** Whether a key is still among the issuer's. */
    boolean has(SigningKey key) {
        return keys.of(key.id()).contains(key);
    }

    /** When a token ends, epoch milliseconds; zero where it does not say. */
    static long expires(JWTClaimsSet claims) {
        return millis(claims.getExpirationTime(), 0);
    }

    @SuppressWarnings("JavaUtilDate") // The library has no other.
    private static long millis(@Nullable Date date, long otherwise) {
        return date == null ? otherwise : date.getTime();
    }

    /** The texts of a claim that is a list, or one text with spaces between them; null where it is not there. */
    static @Nullable List<String> texts(JWTClaimsSet claims, String name) {
        Object claim = claims.getClaim(name);
        if (claim == null) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        if (claim instanceof String text) {
            texts.addAll(Arrays.asList(text.split(" ", -1)));
        } else if (claim instanceof List<?> list) {
            for (Object item : list) {
                if (item instanceof String text) {
                    texts.add(text);
                }
            }
        }
        return texts;
    }

    /** A token that has a signature, or null. */
    static @Nullable SignedJWT parse(String text) {
        try {
            return SignedJWT.parse(text);
        } catch (ParseException e) {
            return null;
        }
    }
}
