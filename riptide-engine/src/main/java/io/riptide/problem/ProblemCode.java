package io.riptide.problem;

/** Every problem that leaves RipTide, with the HTTP status that goes with it. */
public enum ProblemCode {
    INVALID_REQUEST("invalid-request", 400, "The request is not valid"),
    UNAUTHENTICATED("unauthenticated", 401, "A valid credential is needed"),
    ACCESS_DENIED("access-denied", 403, "This credential may not do that"),
    TENANT_SUSPENDED("tenant-suspended", 403, "The tenant is suspended"),
    ORIGIN_REFUSED("origin-refused", 403, "This URL may not be fetched"),
    NOT_FOUND("not-found", 404, "Nothing is there"),
    METHOD_NOT_ALLOWED("method-not-allowed", 405, "The method is not allowed here"),
    CONFLICT("conflict", 409, "It conflicts with what is there"),
    PRECONDITION_FAILED("precondition-failed", 412, "A precondition does not hold"),
    ENTRY_TOO_LARGE("entry-too-large", 413, "The entry is too large"),
    UNSUPPORTED_MEDIA_TYPE("unsupported-media-type", 415, "The media type is not supported"),
    IDEMPOTENCY_MISMATCH("idempotency-mismatch", 422, "The idempotency key was used with another body"),
    CONFIG_INVALID("config-invalid", 422, "The configuration is not valid"),
    QUOTA_EXCEEDED("quota-exceeded", 429, "A quota is used up"),
    INTERNAL("internal", 500, "Something went wrong here"),
    ORIGIN_FAILED("origin-failed", 502, "The origin did not answer as it should"),
    STORE_UNAVAILABLE("store-unavailable", 503, "The store is not available"),
    STORAGE_QUOTA_EXCEEDED("storage-quota-exceeded", 507, "The storage quota is used up");

    private final String code;
    private final int status;
    private final String title;

    ProblemCode(String code, int status, String title) {
        this.code = code;
        this.status = status;
        this.title = title;
    }

    /** The code as printed, for example {@code not-found}. */
    public String code() {
        return code;
    }

    /** The HTTP status that goes with it. */
    public int status() {
        return status;
    }

    /** A short text that is the same each time. */
    public String title() {
        return title;
    }
}
