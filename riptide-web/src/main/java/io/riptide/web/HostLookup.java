package io.riptide.web;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Asks for the addresses of a name. */
@FunctionalInterface
interface HostLookup {
    /** At least one address. */
    InetAddress[] addresses(String host) throws UnknownHostException;
}
