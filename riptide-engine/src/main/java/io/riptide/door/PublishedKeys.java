package io.riptide.door;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads an issuer's set of keys by https, trusting whom the Java that runs trusts. A read takes so long at most, all in
 * all, however slowly an answer drips, and {@value #MAX_BYTES} bytes; it follows no redirection to plain http.
 */
final class PublishedKeys implements RemoteKeys.Source {
    static final Duration PATIENCE = Duration.ofSeconds(5);
    static final int MAX_BYTES = 256 << 10;
    private static final int OK = 200;

    private final HttpClient client;
    private final HttpRequest request;
    private final Duration patience;

    PublishedKeys(URI at, SSLContext trust, Duration patience) {
        this.client = HttpClient.newBuilder()
                .sslContext(trust)
                .connectTimeout(patience)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        this.request =
                HttpRequest.newBuilder(at).header("Accept", "application/json").build();
        this.patience = patience;
    }

    @Override
    public String read() {
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, head -> new Body());
        try {
            HttpResponse<String> got = answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            if (got.statusCode() != OK) {
                throw unread("status " + got.statusCode() + " (expected: " + OK + ")");
            }
            return got.body();
        } catch (ExecutionException e) {
            throw unread(String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            throw unread("no answer within " + patience.toMillis() + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unread("interrupted");
        } finally {
            // Ends the exchange where it is still under way.
            boolean unused = answer.cancel(true);
        }
    }

    private static RipTideException unread(String why) {
        return Problem.of(ProblemCode.STORE_UNAVAILABLE, "An issuer's keys: " + why)
                .asException();
    }

    /** The text of an answer, which is not read on where it is too long. */
    private static final class Body implements BodySubscriber<String> {
        private final CompletableFuture<String> text = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Flow.@Nullable Subscription subscription;

        @Override
        public CompletionStage<String> getBody() {
            return text;
        }

        @Override
        public void onSubscribe(Flow.Subscription begun) {
            subscription = begun;
            begun.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                byte[] some = new byte[buffer.remaining()];
                buffer.get(some);
                bytes.writeBytes(some);
            }
            if (bytes.size() > MAX_BYTES && subscription != null) {
                subscription.cancel();
                text.completeExceptionally(unread("more than " + MAX_BYTES + " bytes"));
            }
        }

        @Override
        public void onError(Throwable failure) {
            text.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            text.complete(bytes.toString(StandardCharsets.UTF_8));
        }
    }
}
