package io.riptide.config;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import java.util.List;
import java.util.Map;

/** What came of reading the configuration. */
public sealed interface ConfigOutcome {
    /**
     * It is valid.
     *
     * @param config the settings
     * @param values each value in effect, in the schema's order
     */
    record Valid(PersistenceConfig config, List<ConfigValue> values) implements ConfigOutcome {
        public Valid {
            values = List.copyOf(values);
        }
    }

    /**
     * It is not.
     *
     * @param errors all that is wrong, at least one; at most {@value ConfigLoader#MAX_ERRORS} and one that counts the
     *     rest
     */
    record Invalid(List<ConfigError> errors) implements ConfigOutcome {
        public Invalid {
            errors = List.copyOf(errors);
        }

        /** As a {@code config-invalid} problem whose errors name key, file and line. */
        public Problem asProblem() {
            String detail = errors.getFirst().toString();
            String more = errors.size() == 1 ? "" : " (and " + (errors.size() - 1) + " more)";
            return new Problem(
                    ProblemCode.CONFIG_INVALID,
                    detail + more,
                    Map.of(),
                    errors.stream().map(ConfigError::asFieldError).toList());
        }
    }
}
