package io.riptide.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
    private final AddressGuard guard = new AddressGuard(false);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.0",
                "10.255.255.255",
                "100.64.0.0",
                "100.100.100.200",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "168.63.129.16",
                "169.254.0.1",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.1",
                "192.0.0.255",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.0.0",
                "192.168.255.255",
                "198.18.0.0",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.9",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.254",
                "255.255.255.255"
            })
    void refusesSpecialIpv4(String literal) throws UnknownHostException {
        assertThat(guard.allows(InetAddress.getByName(literal))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.1",
                "168.63.129.15",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.0.3.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "203.0.112.255",
                "203.0.114.0",
                "223.255.255.255",
                "8.8.8.8"
            })
    void allowsIpv4NextToWhatItRefuses(String literal) throws UnknownHostException {
        assertThat(guard.allows(InetAddress.getByName(literal))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "::, unspecified",
        "::1, loopback",
        "::ffff:127.0.0.1, mapped loopback",
        "::ffff:10.0.0.1, mapped private",
        "::ffff:169.254.169.254, mapped metadata",
        "::127.0.0.1, compatible loopback",
        "::8.8.8.8, compatible at all",
        "::ffff:0:127.0.0.1, translated loopback",
        "64:ff9b::10.0.0.1, NAT64 private",
        "64:ff9b::7f00:1, NAT64 loopback",
        "64:ff9b:1::8.8.8.8, NAT64 of local use",
        "100::1, discard",
        "2001::1, Teredo",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2, Teredo",
        "2001:2::1, benchmarking",
        "2001:10::1, ORCHID",
        "2001:20::1, ORCHID 2",
        "2001:db8::1, documentation",
        "3fff::1, documentation",
        "2002:7f00:1::, 6to4 loopback",
        "2002:a00:1::1, 6to4 private",
        "2002:c0a8:101::1, 6to4 private",
        "2002:a9fe:a9fe::1, 6to4 metadata",
        "2a00:1450:4001:81b:0:5efe:10.0.0.1, ISATAP private",
        "2a00:1450:4001:81b:200:5efe:127.0.0.1, ISATAP loopback",
        "5f00::1, segment routing",
        "fc00::1, unique local",
        "fd00:ec2::254, unique local metadata",
        "fe80::1, link-local",
        "febf::1, link-local",
        "fec0::1, site-local",
        "ff02::1, multicast",
        "ff0e::1, multicast",
        "4000::1, not assigned",
    })
    void refusesSpecialIpv6(String literal, String why) throws UnknownHostException {
        assertThat(guard.allows(InetAddress.getByName(literal))).as(why).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "2001:4860:4860::8888", "2001:200::1",
                "64:ff9b::8.8.8.8", "2002:808:808::1", "::ffff:8.8.8.8", "2a00:1450:4001:81b:0:5efe:8.8.8.8"
            })
    void allowsGlobalIpv6(String literal) throws UnknownHostException {
        assertThat(guard.allows(InetAddress.getByName(literal))).isTrue();
    }

    @Test
    void oneRefusedAddressOfAHostRefusesAllOfThem() throws UnknownHostException {
        InetAddress good = InetAddress.getByName("8.8.8.8");
        assertThat(guard.allowsAll(List.of(good, good))).isTrue();
        assertThat(guard.allowsAll(List.of(good, InetAddress.getByName("10.0.0.1"))))
                .isFalse();
    }

    @Test
    void privateAddressesPassWhereTheyAreAllowed() throws UnknownHostException {
        AddressGuard open = new AddressGuard(true);
        for (String literal : List.of("127.0.0.1", "10.1.2.3", "::1", "fc00::1", "169.254.169.254")) {
            assertThat(open.allows(InetAddress.getByName(literal))).isTrue();
        }
    }

    /** What the JDK itself knows as special is never let through, whichever form it comes in. */
    @Property(tries = 2000)
    void agreesWithTheJdkOnWhatIsSpecial(@ForAll @Size(4) byte[] bytes) throws UnknownHostException {
        InetAddress address = InetAddress.getByAddress(bytes);
        boolean special = address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress();
        assertThat(special && guard.allows(address)).isFalse();
    }

    @Property(tries = 2000)
    void anIpv6AddressThatCarriesAnIpv4OneIsNeverAllowedWhereThatIsNot(@ForAll @Size(4) byte[] v4)
            throws UnknownHostException {
        boolean allowed = guard.allows(InetAddress.getByAddress(v4));
        for (byte[] v6 : List.of(
                carrying(v4, 2, 0x20, 0x02),
                carrying(v4, 12, 0, 0x64, 0xff, 0x9b),
                carrying(v4, 12, 0x2a, 0, 0x14, 0x50, 0, 0, 0, 0, 0, 0, 0x5e, 0xfe))) {
            assertThat(guard.allows(InetAddress.getByAddress(v6))).isEqualTo(allowed);
        }
        byte[] mapped = carrying(v4, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);
        assertThat(guard.allows(InetAddress.getByAddress(mapped))).isEqualTo(allowed);
    }

    @Property(tries = 2000)
    void nothingOutsideGlobalUnicastIsAllowed(@ForAll @Size(16) byte[] bytes) throws UnknownHostException {
        boolean global = (bytes[0] & 0xe0) == 0x20;
        InetAddress address = InetAddress.getByAddress(bytes);
        if (!global && address.getAddress().length == 16) {
            assertThat(guard.allows(address)).isFalse();
        }
    }

    private static byte[] carrying(byte[] v4, int at, int... prefix) {
        byte[] v6 = new byte[16];
        for (int i = 0; i < prefix.length; i++) {
            v6[i] = (byte) prefix[i];
        }
        System.arraycopy(v4, 0, v6, at, 4);
        return v6;
    }
}
