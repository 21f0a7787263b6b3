package io.riptide.web;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.net.URIAuthority;

/**
 * Sends one request to an origin and reads its answer whole. Each request runs on a thread of its own: when its time
 * is over the connection is closed under it, however the origin spreads its bytes.
 */
final class Origin implements AutoCloseable {
    private final CloseableHttpClient client;
    private final OriginLimits limits;
    private final int maxBodyBytes;
    private final InstantSource time;
    private final ExecutorService executor;

    Origin(
            CloseableHttpClient client,
            OriginLimits limits,
            int maxBodyBytes,
            InstantSource time,
            ExecutorService executor) {
        this.client = client;
        this.limits = limits;
        this.maxBodyBytes = maxBodyBytes;
        this.time = time;
        this.executor = executor;
    }

    /** The answer to a GET; {@code origin-refused} or {@code origin-failed} where there is none. */
    OriginAnswer get(PageUrl url, List<HeaderField> fields) {
        HttpGet request = new HttpGet(url.scheme() + "://origin/");
        request.setAuthority(new URIAuthority(url.host(), url.port()));
        request.setPath(url.target());
        fields.forEach(field -> request.addHeader(field.name(), field.value()));
        Future<OriginAnswer> answer;
        try {
            answer = executor.submit(() -> exchange(new HttpHost(url.scheme(), url.host(), url.port()), request));
        } catch (RejectedExecutionException e) {
            throw OriginFailure.failed("This server is stopping.", null);
        }
        try {
            return answer.get(limits.total().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw OriginFailure.of(e.getCause());
        } catch (TimeoutException e) {
            end(request, answer);
            throw OriginFailure.failed(
                    "The origin's answer was not complete within "
                            + limits.total().toSeconds() + " s.",
                    e);
        } catch (InterruptedException e) {
            end(request, answer);
            Thread.currentThread().interrupt();
            throw OriginFailure.failed("This server is stopping.", null);
        }
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Closes the connection, which ends a read under way, and whatever else the thread waits for. */
    private static void end(HttpGet request, Future<OriginAnswer> answer) {
        request.cancel();
        answer.cancel(true);
    }

    private OriginAnswer exchange(HttpHost host, HttpGet request) throws IOException {
        long asked = time.millis();
        try (ClassicHttpResponse response = client.executeOpen(host, request, null)) {
            long answered = time.millis();
            int status = response.getCode();
            if (status < 200 || status > 599) {
                throw OriginFailure.failed("The origin's status is not one that ends an exchange.", null);
            }
            List<HeaderField> fields = fields(response);
            byte[] body = body(response.getEntity(), request);
            return new OriginAnswer(status, fields, body, asked, answered);
        }
    }

    private List<HeaderField> fields(ClassicHttpResponse response) {
        List<HeaderField> fields = new ArrayList<>();
        long bytes = 0;
        for (Header header : response.getHeaders()) {
            String value = header.getValue() == null ? "" : header.getValue();
            bytes += header.getName().length() + value.length() + 4;
            if (bytes > limits.headerBytes()) {
                throw OriginFailure.failed(
                        "The origin's header is larger than " + limits.headerBytes() + " bytes.", null);
            }
            if (!HeaderRules.isSafe(header.getName(), value)) {
                throw OriginFailure.failed("The origin's header is not valid.", null);
            }
            fields.add(new HeaderField(header.getName(), value));
        }
        return fields;
    }

    private byte[] body(HttpEntity entity, HttpGet request) throws IOException {
        if (entity == null) {
            return new byte[0];
        }
        if (entity.getContentLength() > maxBodyBytes) {
            request.cancel();
            throw tooLarge();
        }
        try (InputStream in = entity.getContent()) {
            byte[] body = in.readNBytes(Math.min(maxBodyBytes, Integer.MAX_VALUE - 16) + 1);
            if (body.length > maxBodyBytes) {
                // Else the rest would be read to the end, so that the connection can be used again.
                request.cancel();
                throw tooLarge();
            }
            return body;
        }
    }

    private RipTideException tooLarge() {
        return Problem.of(
                        ProblemCode.ORIGIN_FAILED,
                        "The origin's answer is larger than web.max_body_bytes (" + maxBodyBytes + ").")
                .with("limit", maxBodyBytes)
                .asException();
    }
}
