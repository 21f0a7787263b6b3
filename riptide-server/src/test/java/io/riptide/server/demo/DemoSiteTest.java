package io.riptide.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class DemoSiteTest {
    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"(/[^\"]*)\"");

    @Test
    void servesEachPageAsItIsAndCountsWhoComes() throws Exception {
        try (DemoSite site = DemoSite.start();
                HttpClient http = HttpClient.newHttpClient()) {
            for (DemoPage page : site.all()) {
                HttpResponse<byte[]> answer = http.send(
                        HttpRequest.newBuilder(URI.create(site.url() + page.path()))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
                assertThat(answer.statusCode()).as(page.path()).isEqualTo(page.status());
                assertThat(answer.body()).isEqualTo(page.body());
                page.headers()
                        .forEach((name, value) ->
                                assertThat(answer.headers().firstValue(name)).hasValue(value));
            }
            assertThat(site.requests()).isEqualTo(site.all().size());
        }
    }

    @Test
    void hasADozenPagesOfManyKindsWhoseLinksLeadSomewhere() throws Exception {
        try (DemoSite site = DemoSite.start()) {
            assertThat(site.all()).hasSizeGreaterThanOrEqualTo(12);
            assertThat(site.all()).extracting(DemoPage::status).contains(200, 301, 302, 404);
            for (DemoPage page : site.all()) {
                Matcher links = LINK.matcher(new String(page.body(), java.nio.charset.StandardCharsets.ISO_8859_1));
                while (links.find()) {
                    assertThat(site.all()).extracting(DemoPage::path).contains(links.group(1));
                }
            }
        }
    }

    @Test
    void theChartIsAValidPng() {
        byte[] png = DemoPng.chart(20, 10);
        assertThat(png).startsWith(0x89, 'P', 'N', 'G');
        java.nio.ByteBuffer in = java.nio.ByteBuffer.wrap(png, 8, png.length - 8);
        StringBuilder chunks = new StringBuilder();
        while (in.hasRemaining()) {
            byte[] data = new byte[in.getInt() + 4];
            in.get(data);
            CRC32 crc = new CRC32();
            crc.update(data);
            assertThat(in.getInt()).isEqualTo((int) crc.getValue());
            chunks.append(new String(data, 0, 4, java.nio.charset.StandardCharsets.US_ASCII));
        }
        assertThat(chunks).hasToString("IHDRIDATIEND");
    }
}
