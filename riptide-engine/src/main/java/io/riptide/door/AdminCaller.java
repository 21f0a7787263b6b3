package io.riptide.door;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.tenant.Role;

/** An administrator. */
public record AdminCaller(String credentialId, Role role) implements Caller {
    /** Refuses with {@code access-denied} where the role does not include the needed one. */
    public void require(Role needed) {
        if (!role.includes(needed)) {
            throw Problem.of(ProblemCode.ACCESS_DENIED, "This needs the role " + needed.text() + ".")
                    .asException();
        }
    }
}
