package io.riptide.web;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Resolves a name once for each connection and judges all of its addresses; the client connects to what stands in the
 * answer and never asks again, so a name that changes its address between judgement and connection gains nothing.
 */
final class GuardedDns implements DnsResolver {
    private final HostLookup lookup;
    private final AddressGuard guard;

    GuardedDns(HostLookup lookup, AddressGuard guard) {
        this.lookup = lookup;
        this.guard = guard;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] addresses = lookup.addresses(host);
        if (addresses.length == 0) {
            throw new UnknownHostException(host);
        }
        if (!guard.allowsAll(Arrays.asList(addresses))) {
            throw new Refused(host);
        }
        return addresses;
    }

    @Override
    public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
        return Arrays.stream(resolve(host))
                .map(address -> new InetSocketAddress(address, port))
                .toList();
    }

    /** Names are never looked up backwards. */
    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }

    /** An address of this host is not allowed. */
    static final class Refused extends UnknownHostException {
        private static final long serialVersionUID = 1L;

        Refused(String host) {
            super(host);
        }
    }
}
