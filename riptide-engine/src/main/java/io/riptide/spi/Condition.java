package io.riptide.spi;

/** Under which condition a write or removal takes place. An entry that has expired counts as absent. */
public sealed interface Condition {
    /** Always. */
    Condition NONE = new Always();
    /** Only where no live entry is there. */
    Condition ABSENT = new Absent();
    /** Only where a live entry is there. */
    Condition PRESENT = new Present();

    /** Only where the live entry has this version. */
    static Condition version(long version) {
        return new Version(version);
    }

    /** See {@link #NONE}. */
    record Always() implements Condition {}

    /** See {@link #ABSENT}. */
    record Absent() implements Condition {}

    /** See {@link #PRESENT}. */
    record Present() implements Condition {}

    /** See {@link #version(long)}. */
    record Version(long version) implements Condition {}
}
