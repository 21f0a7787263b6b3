package io.riptide.door;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where an issuer's keys are. Threads: any. */
interface SigningKeys {
    /**
     * The keys of an id, or all of them where the token names none.
     *
     * @throws io.riptide.problem.RipTideException {@code store-unavailable} where they were never read
     */
    List<SigningKey> of(@Nullable String id);
}
