package io.riptide.server;

import io.helidon.http.Status;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.ControlStore;
import io.riptide.spi.IdempotencyRecord;
import io.riptide.spi.Time;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code Idempotency-Key} on calls that create: kept per credential and path for a day. The first call creates and its
 * answer is kept without its secrets; a repeat with the same body gets that answer, with another body a refusal.
 */
final class Idempotency {
    /** A first call that has not ended after so long ended with its process. */
    private static final long RUNNING_MILLIS = Duration.ofMinutes(1).toMillis();

    private static final int MAX_KEY = 255;

    private final ControlStore control;
    private final Time time;

    Idempotency(ControlStore control, Time time) {
        this.control = control;
        this.time = time;
    }

    /**
     * What a creating call answers.
     *
     * @param json shown this once
     * @param kept shown to repeats: the same without secrets
     * @param tenantId of which tenant it tells, or null
     */
    record Answer(
            Status status,
            byte[] json,
            byte[] kept,
            @Nullable String tenantId) {}

    /** Creates once, and answers. */
    void create(Exchange exchange, byte[] body, Supplier<Answer> creation) {
        String key = key(exchange);
        if (key == null) {
            Answer answer = creation.get();
            exchange.sendJson(answer.status(), answer.json());
            return;
        }
        String route = exchange.method() + " " + exchange.rawPath();
        IdempotencyRecord first = new IdempotencyRecord(
                exchange.credentialId(), route, key, sha256(body), null, null, null, time.wallMillis());
        IdempotencyRecord known = begin(first);
        if (known != null) {
            repeat(exchange, first, known);
            return;
        }
        Answer answer;
        try {
            answer = creation.get();
        } catch (RuntimeException e) {
            control.abandonIdempotent(first.credential(), first.route(), first.key());
            throw e;
        }
        control.finishIdempotent(new IdempotencyRecord(
                first.credential(),
                first.route(),
                first.key(),
                first.bodyHash(),
                answer.status().code(),
                new String(answer.kept(), StandardCharsets.UTF_8),
                answer.tenantId(),
                first.createdMillis()));
        exchange.sendJson(answer.status(), answer.json());
    }

    private @Nullable IdempotencyRecord begin(IdempotencyRecord first) {
        long notBefore = first.createdMillis() - IdempotencyRecord.KEPT_MILLIS;
        IdempotencyRecord known = control.beginIdempotent(first, notBefore);
        if (known != null && known.status() == null && first.createdMillis() - known.createdMillis() > RUNNING_MILLIS) {
            control.abandonIdempotent(first.credential(), first.route(), first.key());
            known = control.beginIdempotent(first, notBefore);
        }
        return known;
    }

    private static void repeat(Exchange exchange, IdempotencyRecord now, IdempotencyRecord known) {
        if (!known.bodyHash().equals(now.bodyHash())) {
            throw Problem.of(
                            ProblemCode.IDEMPOTENCY_MISMATCH,
                            "This Idempotency-Key was used with another body in the last 24 hours.")
                    .asException();
        }
        Integer status = known.status();
        String answer = known.answer();
        if (status != null && answer == null) {
            throw Problem.of(
                            ProblemCode.CONFLICT,
                            "What the first call with this Idempotency-Key made is deleted"
                                    + " (expected: another key, to make it anew).")
                    .asException();
        }
        if (status == null || answer == null) {
            throw Problem.of(ProblemCode.CONFLICT, "The first call with this Idempotency-Key still runs.")
                    .asException();
        }
        exchange.repeated();
        exchange.sendJson(Status.create(status), answer.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable String key(Exchange exchange) {
        String key = exchange.header(Headers.IDEMPOTENCY_KEY);
        if (key == null) {
            return null;
        }
        boolean printable = key.chars().allMatch(c -> c >= ' ' && c <= '~');
        if (key.isEmpty() || key.length() > MAX_KEY || !printable) {
            throw Problem.invalid("Idempotency-Key", "expected 1 to " + MAX_KEY + " printable ASCII characters")
                    .asException();
        }
        return key;
    }

    private static String sha256(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
