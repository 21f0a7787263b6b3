package io.riptide.store.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ByteArrayOutput;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One command on its way, and what it was answered with. A script is called by its digest; a server that does not know
 * it is given the text. One thread.
 */
final class Call<T> {
    private static final byte[][] NO_KEYS = {};
    private static final Set<CommandType> READS = Set.of(
            CommandType.GET,
            CommandType.GETRANGE,
            CommandType.HMGET,
            CommandType.HGETALL,
            CommandType.HGET,
            CommandType.SMEMBERS,
            CommandType.SSCAN,
            CommandType.ZRANGE,
            CommandType.INFO);

    private final ProtocolKeyword word;
    private final @Nullable Script script;
    private final byte[][] keys;
    private final byte[][] more;
    private final Supplier<CommandOutput<byte[], byte[], T>> output;
    private AsyncCommand<byte[], byte[], T> sent;

    private Call(
            ProtocolKeyword word,
            @Nullable Script script,
            byte[][] keys,
            byte[][] more,
            Supplier<CommandOutput<byte[], byte[], T>> output) {
        this.word = word;
        this.script = script;
        this.keys = keys;
        this.more = more;
        this.output = output;
        this.sent = make(false);
    }

    /** A script that answers with a list, in which texts are bytes and numbers are Long. */
    static Call<List<Object>> script(Script script, byte[][] keys, byte[][] arguments) {
        return new Call<>(
                CommandType.EVALSHA, script, keys, arguments, () -> new NestedMultiOutput<>(ByteArrayCodec.INSTANCE));
    }

    /** A command that answers with bytes or nothing. */
    static Call<byte[]> bytes(CommandType word, byte[] key, byte[]... more) {
        return new Call<>(word, null, new byte[][] {key}, more, () -> new ByteArrayOutput<>(ByteArrayCodec.INSTANCE));
    }

    /** A read of an entry: the envelope alone, or null. */
    static Call<byte[]> envelope(byte[] key) {
        return new Call<>(CommandType.GET, null, new byte[][] {key}, NO_KEYS, EnvelopeOutput::new);
    }

    /** A command that answers with a number. */
    static Call<Long> number(CommandType word, byte[] key, byte[]... more) {
        return new Call<>(word, null, new byte[][] {key}, more, () -> new IntegerOutput<>(ByteArrayCodec.INSTANCE));
    }

    /** A command that answers with a status, or nothing where its condition did not hold. */
    static Call<String> status(CommandType word, byte[] key, byte[]... more) {
        return new Call<>(word, null, new byte[][] {key}, more, () -> new StatusOutput<>(ByteArrayCodec.INSTANCE));
    }

    /** A server's clock: seconds, and microseconds of the second, as texts. */
    static Call<List<Object>> time() {
        return new Call<>(
                CommandType.TIME, null, NO_KEYS, NO_KEYS, () -> new NestedMultiOutput<>(ByteArrayCodec.INSTANCE));
    }

    /** What a server says of itself. */
    static Call<byte[]> info(String... sections) {
        byte[][] more = new byte[sections.length][];
        for (int i = 0; i < more.length; i++) {
            more[i] = MetaKeys.ascii(sections[i]);
        }
        return new Call<>(CommandType.INFO, null, NO_KEYS, more, () -> new ByteArrayOutput<>(ByteArrayCodec.INSTANCE));
    }

    /** What a server is set to; it may refuse that. */
    static Call<List<Object>> settings(String... names) {
        byte[][] more = new byte[names.length + 1][];
        more[0] = MetaKeys.ascii("GET");
        for (int i = 0; i < names.length; i++) {
            more[i + 1] = MetaKeys.ascii(names[i]);
        }
        return new Call<>(
                CommandType.CONFIG, null, NO_KEYS, more, () -> new NestedMultiOutput<>(ByteArrayCodec.INSTANCE));
    }

    /** A command that answers with a list, in which texts are bytes. */
    static Call<List<Object>> list(CommandType word, byte[] key, byte[]... more) {
        return new Call<>(word, null, new byte[][] {key}, more, () -> new NestedMultiOutput<>(ByteArrayCodec.INSTANCE));
    }

    private AsyncCommand<byte[], byte[], T> make(boolean withText) {
        CommandArgs<byte[], byte[]> args = new CommandArgs<>(ByteArrayCodec.INSTANCE);
        ProtocolKeyword first = word;
        if (script != null) {
            first = withText ? CommandType.EVAL : CommandType.EVALSHA;
            args.add(withText ? script.text() : script.sha()).add(keys.length);
        }
        for (byte[] key : keys) {
            args.addKey(key);
        }
        for (byte[] one : more) {
            args.add(one);
        }
        return new AsyncCommand<>(new Command<>(first, output.get(), args));
    }

    /** What is sent, and completed by its answer. */
    AsyncCommand<byte[], byte[], T> command() {
        return sent;
    }

    /** Whether the server did not know the script; then {@link #command} is another one, with its text. */
    boolean again() {
        if (script == null || !(failure() instanceof RedisNoScriptException)) {
            return false;
        }
        sent = make(true);
        return true;
    }

    /** Whether it changes nothing. */
    boolean reads() {
        return word instanceof CommandType type && READS.contains(type);
    }

    /** Makes another command of it, to be sent in place of one that had no effect. */
    void renew() {
        sent = make(false);
    }

    /** The answer, once it is there, of a command that has one. */
    T answer() {
        return Objects.requireNonNull(orNull());
    }

    /** The answer, once it is there; null where there is nothing. */
    @Nullable T orNull() {
        return sent.join();
    }

    /** What went wrong, or null. */
    @Nullable Throwable failure() {
        if (!sent.isCompletedExceptionally()) {
            return null;
        }
        try {
            var unused = sent.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e;
        } catch (RuntimeException e) {
            return e;
        }
    }
}
