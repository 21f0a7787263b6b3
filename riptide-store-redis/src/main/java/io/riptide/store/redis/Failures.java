package io.riptide.store.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.security.GeneralSecurityException;

/**
 * What callers and operators are told of a failure: nothing that the server or the client said but the code that an
 * error of Redis begins with, since the rest may hold a key or an address.
 */
final class Failures {
    /** What Lettuce says of a command while there is no connection. */
    private static final String NOT_CONNECTED = "Currently not connected. Commands are rejected.";

    private Failures() {}

    /** Of a call. */
    static RipTideException call(Throwable failure) {
        return Problem.of(ProblemCode.STORE_UNAVAILABLE, text(failure) + ".").asException();
    }

    /** Of the start. */
    static RipTideException start(RuntimeException failure) {
        String detail =
                failure instanceof RipTideException known ? known.problem().detail() : text(failure);
        return Problem.of(ProblemCode.STORE_UNAVAILABLE, "persistence.redis.url: " + detail)
                .asException();
    }

    /** A word for the kind of a failure. */
    static String kind(Throwable failure) {
        Throwable root = root(failure);
        String message = String.valueOf(root.getMessage());
        return root instanceof RedisCommandExecutionException || message.matches("[A-Z]{4,} .*")
                ? message.split(" ", 2)[0]
                : root.getClass().getSimpleName();
    }

    /**
     * Whether a command had no effect: it was not sent, a cluster told it to come back, or it is one that has none and
     * its connection ended.
     */
    static boolean withoutEffect(Call<?> call, Throwable failure) {
        return switch (kind(failure)) {
            case "TRYAGAIN", "CLUSTERDOWN" -> true;
            default ->
                NOT_CONNECTED.equals(root(failure).getMessage())
                        || (call.reads() && !(root(failure) instanceof RedisCommandExecutionException));
        };
    }

    private static Throwable root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String text(Throwable failure) {
        if (root(failure) instanceof GeneralSecurityException) {
            return "the server's certificate is not trusted, or is not for this name"
                    + " (persistence.redis.ca_certificate names what is trusted)";
        }
        String kind = kind(failure);
        return switch (kind) {
            case "WRONGPASS", "NOAUTH" -> "Redis refuses the user or password";
            case "NOPERM" -> "the user of Redis lacks a permission that docs/redis.md names";
            case "READONLY" -> "Redis is a replica now and takes no writes";
            case "LOADING" -> "Redis is loading its data";
            case "OOM" -> "Redis has no memory left for writes (its maxmemory)";
            case "MISCONF" -> "Redis takes no writes since it cannot save them (its log says why)";
            case "NOREPLICAS" -> "Redis takes no writes without its replicas (its min-replicas-to-write)";
            case "CLUSTERDOWN" -> "the cluster of Redis is not whole";
            case "CancellationException" -> "the connection to Redis ended before its answer came";
            case "BUSY" -> "Redis is busy with a script";
            default -> "Redis cannot be reached (" + kind + ")";
        };
    }
}
