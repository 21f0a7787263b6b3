package io.riptide.web;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What a caller is told of a request to an origin that failed: which kind of failure, nothing of this machine or its
 * net. The usual kinds carry no cause: a tenant can make floods of them, and none is worth a line in the log.
 */
final class OriginFailure {
    private OriginFailure() {}

    static RipTideException of(@Nullable Throwable cause) {
        return switch (cause) {
            case RipTideException known -> known;
            case GuardedDns.Refused refused -> refused();
            case UnknownHostException unknown -> failed("The origin's name does not resolve.", null);
            case ConnectionRequestTimeoutException busy ->
                failed("Too many requests to this origin are under way.", null);
            case SocketTimeoutException slow -> failed("The origin did not answer in time.", null);
            case ConnectException none -> failed("The origin takes no connection.", null);
            case SSLException untrusted -> failed("No trusted TLS connection with the origin.", null);
            case null, default -> failed("The origin did not answer with valid HTTP.", cause);
        };
    }

    static RipTideException failed(String detail, @Nullable Throwable cause) {
        return new RipTideException(Problem.of(ProblemCode.ORIGIN_FAILED, detail), cause);
    }

    private static RipTideException refused() {
        return Problem.of(
                        ProblemCode.ORIGIN_REFUSED,
                        "url: its host has an address that may not be fetched (expected: public addresses alone)")
                .asException();
    }
}
