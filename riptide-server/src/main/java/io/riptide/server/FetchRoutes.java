package io.riptide.server;

import io.helidon.http.Header;
import io.helidon.http.Status;
import io.riptide.billing.UsageMeter.Meter;
import io.riptide.grant.Action;
import io.riptide.observe.CacheOperation;
import io.riptide.web.FetchResult;
import io.riptide.web.Fetcher;
import io.riptide.web.HeaderField;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Pages read through the tenant's cache: {@code /v1/fetch}. */
final class FetchRoutes {
    private final Fetcher fetcher;

    FetchRoutes(Fetcher fetcher) {
        this.fetcher = fetcher;
    }

    List<Route> routes() {
        return List.of(Route.of("GET", "/v1/fetch", "fetchPage", "Reads a page through the tenant's cache")
                .tenant(Action.WEB_FETCH, Access.Named.HOST)
                .counts(CacheOperation.GET)
                .query("url", "The page's absolute http or https URL", Schemas.STRING)
                .answers(200, "The origin's status, headers and body", "*/*", Schemas.ANY)
                .by(this::fetch));
    }

    private void fetch(Exchange exchange) throws IOException {
        FetchResult page = fetcher.fetch(exchange.tenant(), exchange.query("url"), fields(exchange));
        for (HeaderField field : page.headers()) {
            exchange.also(field.name(), field.value());
        }
        if (!exchange.isHead()) {
            exchange.tenant().grant().meter().add(Meter.BYTES_OUT, page.bodyBytes());
        }
        Status status = Status.create(page.status());
        if (page.bodyBytes() == 0) {
            exchange.sendEmpty(status);
        } else {
            page.writeBody((bytes, offset, length) -> exchange.send(status, bytes, offset, length));
        }
    }

    /** The caller's headers, with the one name that this request has here in place of whatever it came with. */
    private static List<HeaderField> fields(Exchange exchange) {
        List<HeaderField> fields = new ArrayList<>();
        for (Header header : exchange.headers()) {
            if (!header.headerName().equals(Headers.REQUEST_ID)) {
                for (String value : header.allValues()) {
                    fields.add(new HeaderField(header.name(), value));
                }
            }
        }
        fields.add(new HeaderField(Headers.REQUEST_ID.defaultCase(), exchange.requestId()));
        return fields;
    }
}
