package io.riptide.server;

import io.helidon.http.BadRequestException;
import io.helidon.http.HttpMediaType;
import java.util.List;

/** Which of several forms an answer takes (RFC 9110, section 12.5.1). */
final class Accepts {
    private Accepts() {}

    /**
     * The media type that the caller would rather have; of those that it likes alike the first, and the first, too,
     * where it likes none, or where {@code Accept} is not well-formed.
     */
    static String preferred(Exchange exchange, List<String> types) {
        List<HttpMediaType> accepted = accepted(exchange);
        String best = types.getFirst();
        double most = 0;
        for (String type : types) {
            double quality = quality(accepted, type);
            if (quality > most) {
                most = quality;
                best = type;
            }
        }
        return best;
    }

    /** The most exact range decides. */
    private static double quality(List<HttpMediaType> accepted, String type) {
        String any = type.substring(0, type.indexOf('/')) + "/*";
        for (String range : List.of(type, any, "*/*")) {
            for (HttpMediaType one : accepted) {
                if (one.mediaType().text().equals(range)) {
                    return one.qualityFactor();
                }
            }
        }
        return 0;
    }

    private static List<HttpMediaType> accepted(Exchange exchange) {
        try {
            return exchange.headers().acceptedTypes();
        } catch (BadRequestException | IllegalArgumentException e) {
            return List.of();
        }
    }
}
