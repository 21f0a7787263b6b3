package io.riptide.web;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/**
 * Which addresses an origin may have. Unless private ones are allowed, only what the IANA special-purpose registries
 * (RFC 6890 and its updates) leave as globally reachable: no loopback, private, link-local, shared, unique-local,
 * multicast, unspecified, broadcast, documentation, benchmarking or reserved address, and no IPv6 address that carries
 * such an IPv4 address in it. The decision falls on resolved addresses, never on names.
 */
final class AddressGuard {
    private static final List<Range> REFUSED_V4 = List.of(
            Range.v4(0, 0, 0, 0, 8),
            Range.v4(10, 0, 0, 0, 8),
            Range.v4(100, 64, 0, 0, 10),
            Range.v4(127, 0, 0, 0, 8),
            // The platform endpoint of a large cloud: a public number that only the machines inside reach.
            Range.v4(168, 63, 129, 16, 32),
            Range.v4(169, 254, 0, 0, 16),
            Range.v4(172, 16, 0, 0, 12),
            Range.v4(192, 0, 0, 0, 24),
            Range.v4(192, 0, 2, 0, 24),
            Range.v4(192, 88, 99, 0, 24),
            Range.v4(192, 168, 0, 0, 16),
            Range.v4(198, 18, 0, 0, 15),
            Range.v4(198, 51, 100, 0, 24),
            Range.v4(203, 0, 113, 0, 24),
            Range.v4(224, 0, 0, 0, 4),
            Range.v4(240, 0, 0, 0, 4));

    /** All of IPv6 that is global unicast; what lies outside is refused, but for NAT64. */
    private static final Range GLOBAL_V6 = Range.v6(0x2000, 0, 0, 3);

    private static final Range NAT64 = Range.v6(0x0064, 0xff9b, 0, 96);
    private static final Range SIX_TO_FOUR = Range.v6(0x2002, 0, 0, 16);
    private static final List<Range> REFUSED_V6 = List.of(
            // Teredo, benchmarking, ORCHID and the other assignments to protocols.
            Range.v6(0x2001, 0, 0, 23), Range.v6(0x2001, 0x0db8, 0, 32), Range.v6(0x3fff, 0, 0, 20));

    private final boolean allowPrivate;

    /** A guard that lets every address pass, or only global ones. */
    AddressGuard(boolean allowPrivate) {
        this.allowPrivate = allowPrivate;
    }

    /** Whether an origin may have this address. */
    boolean allows(InetAddress address) {
        return allowPrivate || isGlobal(address.getAddress(), address instanceof Inet4Address);
    }

    /** Whether an origin may have these addresses: each one, so that a name cannot hide one behind another. */
    boolean allowsAll(Iterable<InetAddress> addresses) {
        for (InetAddress address : addresses) {
            if (!allows(address)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isGlobal(byte[] address, boolean v4) {
        return v4 ? isGlobalV4(address) : isGlobalV6(address);
    }

    private static boolean isGlobalV4(byte[] address) {
        return REFUSED_V4.stream().noneMatch(range -> range.holds(address));
    }

    private static boolean isGlobalV6(byte[] address) {
        if (NAT64.holds(address)) {
            return isGlobalV4(embedded(address, 12));
        }
        if (!GLOBAL_V6.holds(address) || REFUSED_V6.stream().anyMatch(range -> range.holds(address))) {
            return false;
        }
        if (SIX_TO_FOUR.holds(address)) {
            return isGlobalV4(embedded(address, 2));
        }
        return !isIsatap(address) || isGlobalV4(embedded(address, 12));
    }

    /** ISATAP (RFC 5214): an interface identifier of 0000:5efe or 0200:5efe, then the IPv4 address. */
    private static boolean isIsatap(byte[] address) {
        return (address[8] & 0xfd) == 0 && address[9] == 0 && address[10] == 0x5e && (address[11] & 0xff) == 0xfe;
    }

    private static byte[] embedded(byte[] address, int from) {
        return new byte[] {address[from], address[from + 1], address[from + 2], address[from + 3]};
    }

    /** Addresses whose first bits are the prefix's. */
    private record Range(byte[] prefix, int bits) {
        static Range v4(int a, int b, int c, int d, int bits) {
            return new Range(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d}, bits);
        }

        static Range v6(int first, int second, int third, int bits) {
            byte[] prefix = new byte[16];
            int[] groups = {first, second, third};
            for (int i = 0; i < groups.length; i++) {
                prefix[2 * i] = (byte) (groups[i] >> 8);
                prefix[2 * i + 1] = (byte) groups[i];
            }
            return new Range(prefix, bits);
        }

        boolean holds(byte[] address) {
            for (int bit = 0; bit < bits; bit += 8) {
                int mask = 0xff00 >> Math.min(8, bits - bit) & 0xff;
                if (((address[bit / 8] ^ prefix[bit / 8]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
