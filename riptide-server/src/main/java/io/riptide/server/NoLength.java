package io.riptide.server;

import io.helidon.common.GenericType;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.mapper.Value;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderValues;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Stands where Helidon insists on {@code Content-Length: 0} and HTTP on none: a 204 carries no length, and a 304 none
 * but the one that a 200 would have (RFC 9110, section 8.6). It reads as zero and prints nothing.
 */
final class NoLength implements Header {
    static final Header HEADER = new NoLength();

    private static final Header ZERO = HeaderValues.CONTENT_LENGTH_ZERO;

    private NoLength() {}

    @Override
    public void writeHttp1Header(BufferData buffer) {
        // That is the point of it.
    }

    @Override
    public String name() {
        return ZERO.name();
    }

    @Override
    public HeaderName headerName() {
        return ZERO.headerName();
    }

    @Override
    public String get() {
        return ZERO.get();
    }

    @Override
    public List<String> allValues() {
        return ZERO.allValues();
    }

    @Override
    public int valueCount() {
        return 1;
    }

    @Override
    public boolean sensitive() {
        return false;
    }

    @Override
    public boolean changing() {
        return false;
    }

    @Override
    public <N> Value<N> as(Class<N> type) {
        return ZERO.as(type);
    }

    @Override
    public <N> Value<N> as(GenericType<N> type) {
        return ZERO.as(type);
    }

    @Override
    public <N> Value<N> as(Function<? super String, ? extends N> mapper) {
        return ZERO.as(mapper);
    }

    @Override
    public Optional<String> asOptional() {
        return ZERO.asOptional();
    }

    @Override
    public Value<Boolean> asBoolean() {
        return ZERO.asBoolean();
    }

    @Override
    public Value<String> asString() {
        return ZERO.asString();
    }

    @Override
    public Value<Integer> asInt() {
        return ZERO.asInt();
    }

    @Override
    public Value<Long> asLong() {
        return ZERO.asLong();
    }

    @Override
    public Value<Double> asDouble() {
        return ZERO.asDouble();
    }
}
