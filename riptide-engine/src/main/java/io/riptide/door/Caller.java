package io.riptide.door;

/** Who is calling, with what that allows. */
public sealed interface Caller permits TenantCaller, AdminCaller {
    /** The public part of the credential; the same credential always gives the same. */
    String credentialId();
}
