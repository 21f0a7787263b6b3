/**
 * Pages read through a tenant's cache.
 *
 * <p>What: {@link io.riptide.web.Fetcher} answers with the page at a URL, from the tenant's cache where a shared cache
 * of RFC 9111 may, else from its origin. Path: URL checked, cache asked, one origin request however many wait for it,
 * answer kept where the origin says for how long. {@code AddressGuard} judges every address that a name resolves to,
 * and the connection goes to an address that was judged. Bounds: body, headers, time and connections, in all and for
 * each origin ({@code OriginLimits}). Threads: any number; each origin request runs on a thread of the executor that
 * was handed in, so that a deadline can end it. Failure: {@code invalid-request} for what is not a URL, {@code
 * origin-refused} for what may not be fetched, {@code origin-failed} for an origin that does not answer as it should.
 *
 * <p>Kept pages lie in the namespace {@value io.riptide.web.Fetcher#NAMESPACE} under their URL, in the form that
 * {@code Page} describes.
 */
@NullMarked
package io.riptide.web;

import org.jspecify.annotations.NullMarked;
