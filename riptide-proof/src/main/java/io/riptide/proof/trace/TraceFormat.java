package io.riptide.proof.trace;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Public formats of traces, by the names that Caffeine's simulator gives them (the page Simulator of its wiki tells
 * where the traces are). Sizes that a format carries are not read: every entry has the same.
 */
enum TraceFormat {
    /** Of the ARC paper's authors: first block, how many, and two fields that are not read; parted by spaces. */
    ARC,
    /** Of the LIRS paper's authors: one block a line; a line of one star parts sections. */
    LIRS,
    /** Of UC San Diego's course on architecture: load or store, an address in hexadecimal after 0x, and more. */
    ADDRESS,
    /** Of the LRB paper's authors: time, id, size, and more; parted by spaces. */
    LRB,
    /** Twitter's: time, key, size of key, size of value, client, operation, TTL; gets alone are requests. */
    TWITTER,
    /**
     * UMass's storage traces (SPC trace file format, revision 1.0.1): unit, block of 512 bytes, bytes, operation, time;
     * reads alone are requests.
     */
    UMASS_STORAGE,
    /** Microsoft Research's, at SNIA: time, host, disk, type, offset, size, response time. */
    SNIA_CAMBRIDGE,
    /** IBM's object store, at SNIA: time, operation, object, and more; parted by spaces; gets alone are requests. */
    SNIA_OBJECT_STORE,
    /** R3's: 64-bit numbers, big-endian. */
    CORDA,
    /** Cloud Physics', of the LIRS2 paper's authors: unsigned 32-bit numbers, big-endian. */
    CLOUD_PHYSICS;

    /** As it is written on a command line: in lower case with hyphens. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The format of that label. */
    static Optional<TraceFormat> of(String label) {
        return Arrays.stream(values())
                .filter(format -> format.label().equals(label))
                .findFirst();
    }

    /** All labels. */
    static String labels() {
        return Arrays.stream(values()).map(TraceFormat::label).collect(Collectors.joining(", "));
    }
}
