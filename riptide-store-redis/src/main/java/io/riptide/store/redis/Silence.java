package io.riptide.store.redis;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection on which something was sent and nothing came for one to two times a while: there is nobody at its
 * other end, or one that stands still. The system alone would find out after a quarter of an hour, and meanwhile hold
 * what is sent. Used by one connection.
 */
final class Silence extends IdleStateHandler {
    private boolean asked;
    private boolean askedBefore;

    Silence(long millis) {
        super(millis, 0, 0, TimeUnit.MILLISECONDS);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        asked = true;
        super.write(context, message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        asked = false;
        askedBefore = false;
        super.channelRead(context, message);
    }

    /** Comes again and again while nothing is read; what was sent just before the first time may yet be answered. */
    @Override
    protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
        if (asked && askedBefore) {
            var unused = context.close();
        }
        askedBefore = asked;
    }
}
