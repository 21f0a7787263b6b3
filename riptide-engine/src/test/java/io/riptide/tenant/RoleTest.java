package io.riptide.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoleTest {
    @Test
    void aRoleIncludesItselfAndThoseBeforeIt() {
        for (Role role : Role.values()) {
            for (Role needed : Role.values()) {
                assertThat(role.includes(needed)).isEqualTo(needed.ordinal() <= role.ordinal());
            }
        }
        assertThat(Role.OPERATOR.text()).isEqualTo("operator");
    }
}
