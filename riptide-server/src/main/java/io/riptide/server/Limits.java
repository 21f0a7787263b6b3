package io.riptide.server;

/** Every bound of the HTTP surface, in one place. */
final class Limits {
    /** Bytes of the request line: a key of 1,024 bytes takes three times as many when percent-encoded. */
    static final int REQUEST_LINE_BYTES = 8 << 10;
    /** Bytes of all request headers. */
    static final int HEADER_BYTES = 16 << 10;
    /** Bytes of a JSON body of the admin plane. */
    static final int ADMIN_BODY_BYTES = 1 << 20;
    /** Bytes of a batch's JSON body. */
    static final int BATCH_BODY_BYTES = 64 << 20;
    /** Depth to which JSON may nest. */
    static final int JSON_DEPTH = 64;
    /** Wrong members of a body that are told one by one. */
    static final int ERRORS = 100;
    /** Bytes of a request body that are read to keep a connection after a refusal; with more it is closed in order. */
    static final int DRAINED_BYTES = 256 << 10;
    /** Bytes that are read and dropped before a refused connection is closed, so that the client sees the answer. */
    static final long LINGER_BYTES = 64L << 20;
    /** How long that may take. */
    static final int LINGER_SECONDS = 5;
    /** How long a connection may wait for its next request. */
    static final int IDLE_SECONDS = 65;
    /** How long a request may take to arrive, besides what its size allows. */
    static final int REQUEST_SECONDS = 15;
    /** How long an answer may take to be taken, besides what its size allows. */
    static final int ANSWER_SECONDS = 30;
    /** Slowest rate at which a body may come or go. */
    static final int BYTES_PER_SECOND = 16 << 10;
    /** Rows of a page. */
    static final int PAGE_MAX = 1000;
    /** Rows of a page where the caller does not say. */
    static final int PAGE_DEFAULT = 100;

    /** Tags of an entry of a batch that are looked at, repeated ones included. */
    static final int TAGS_READ = 64;

    private Limits() {}
}
