package io.riptide.store.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Takes the envelope out of an entry's value as it comes from the network: one copy. */
final class EnvelopeOutput extends CommandOutput<byte[], byte[], byte[]> {
    EnvelopeOutput() {
        super(ByteArrayCodec.INSTANCE, null);
    }

    @Override
    public void set(@Nullable ByteBuffer bytes) {
        output = bytes == null ? null : StoredValue.envelope(bytes);
    }
}
