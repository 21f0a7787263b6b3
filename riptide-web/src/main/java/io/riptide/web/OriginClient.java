package io.riptide.web;

import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 client that does what it is told and nothing besides: no redirects, cookies, retries, decoding, upgrades
 * or proxies; a connection serves one request, so that each is judged anew; bounds on lines, headers, connections and
 * time.
 */
final class OriginClient {
    private static final int MAX_LINE = 16 * 1024;
    private static final int MAX_FIELDS = 200;

    private OriginClient() {}

    /** A client that connects where the DNS says; TLS of the JDK's trust unless another is given. */
    static CloseableHttpClient create(OriginLimits limits, GuardedDns dns, @Nullable TlsSocketStrategy tls) {
        return HttpClientBuilder.create()
                .setConnectionManager(connections(limits, dns, tls))
                .setConnectionReuseStrategy((request, response, context) -> false)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(limits.connect().toMillis(), TimeUnit.MILLISECONDS)
                        .setResponseTimeout(limits.silence().toMillis(), TimeUnit.MILLISECONDS)
                        .setProtocolUpgradeEnabled(false)
                        .setRedirectsEnabled(false)
                        .setAuthenticationEnabled(false)
                        .build())
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAutomaticRetries()
                .disableContentCompression()
                .disableAuthCaching()
                .disableConnectionState()
                .disableDefaultUserAgent()
                .build();
    }

    private static PoolingHttpClientConnectionManager connections(
            OriginLimits limits, GuardedDns dns, @Nullable TlsSocketStrategy tls) {
        Timeout silence = Timeout.ofMilliseconds(limits.silence().toMillis());
        PoolingHttpClientConnectionManagerBuilder builder = PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(dns)
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom()
                                .setMaxLineLength(MAX_LINE)
                                .setMaxHeaderCount(MAX_FIELDS)
                                .setMaxEmptyLineCount(4)
                                .build())
                        .build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(limits.connect().toMillis(), TimeUnit.MILLISECONDS)
                        .setSocketTimeout(silence)
                        .build())
                .setDefaultSocketConfig(
                        SocketConfig.custom().setSoTimeout(silence).build())
                .setMaxConnPerRoute(limits.connectionsEach())
                .setMaxConnTotal(limits.connections());
        if (tls != null) {
            builder.setTlsSocketStrategy(tls);
        }
        return builder.build();
    }
}
