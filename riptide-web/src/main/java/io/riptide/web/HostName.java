package io.riptide.web;

import java.net.IDN;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The host of a URL in its one form: a name in lower-case ASCII without a trailing dot, or an address as a literal.
 * Numbers written as decimal, octal or hexadecimal, in one to four parts, are the IPv4 address that other programs
 * take them for (the host parser of the WHATWG URL standard), so that no spelling hides an address.
 */
final class HostName {
    private static final int MAX_NAME = 253;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");
    private static final Pattern V6 = Pattern.compile("[0-9a-f:]{2,39}|[0-9a-f:]{2,30}(\\d{1,3}\\.){3}\\d{1,3}");
    private static final long V4_END = 1L << 32;

    private HostName() {}

    /** The one form of a host, or null where it is none. */
    static @Nullable String normalise(String host) {
        if (host.startsWith("[")) {
            return host.endsWith("]") ? v6(host.substring(1, host.length() - 1).toLowerCase(Locale.ROOT)) : null;
        }
        String name = ascii(host);
        if (name == null) {
            return null;
        }
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        if (name.isEmpty() || name.length() > MAX_NAME) {
            return null;
        }
        String[] labels = name.split("\\.", -1);
        if (NUMBER.matcher(labels[labels.length - 1]).matches()) {
            return v4(labels);
        }
        for (String label : labels) {
            if (!LABEL.matcher(label).matches()) {
                return null;
            }
        }
        return name;
    }

    private static @Nullable String ascii(String host) {
        try {
            return IDN.toASCII(host).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** A literal without brackets. No zone: it would name one of this machine's own links. */
    private static @Nullable String v6(String literal) {
        if (!V6.matcher(literal).matches()) {
            return null;
        }
        try {
            // The JDK parses what holds a colon as a literal and asks no name service.
            return java.net.InetAddress.getByName(literal).getHostAddress();
        } catch (java.net.UnknownHostException e) {
            return null;
        }
    }

    private static @Nullable String v4(String[] parts) {
        if (parts.length > 4) {
            return null;
        }
        long address = 0;
        for (int i = 0; i < parts.length; i++) {
            boolean last = i == parts.length - 1;
            long part = number(parts[i]);
            long end = last ? V4_END >> (8 * i) : 256;
            if (part < 0 || part >= end) {
                return null;
            }
            address += last ? part : part << (8 * (3 - i));
        }
        return (address >> 24) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255);
    }

    /** A number as C reads it; -1 where it is none or does not fit in 32 bits. */
    private static long number(String text) {
        if (!NUMBER.matcher(text).matches()) {
            return -1;
        }
        boolean hex = text.startsWith("0x");
        boolean octal = !hex && text.length() > 1 && text.startsWith("0");
        String digits = hex ? text.substring(2) : text;
        try {
            long value = digits.isEmpty() ? 0 : Long.parseLong(digits, hex ? 16 : octal ? 8 : 10);
            return value < V4_END ? value : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
