package io.riptide.quota;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TermsTest {
    @Property
    void a_lease_and_then_all_of_the_share_are_told_in_full(
            @ForAll @IntRange(min = 64, max = 1_000_000) int limit, @ForAll @IntRange(min = 1, max = 50) int nodes) {
        Terms terms = Terms.of(limit, nodes);
        long used = terms.credit() * terms.full().price();
        long shared = Math.max(0, terms.share().window() - used) / terms.share().price();
        long owed = terms.credit() + shared;
        assertThat(terms.due(owed, used + shared * terms.share().price())).isEqualTo(owed);
    }

    @Property
    void what_refilled_of_the_share_is_not_told(@ForAll @IntRange(min = 1, max = 1_000_000) int owed) {
        Terms terms = Terms.of(6_000, 2);
        assertThat(terms.due(owed, 0)).isEqualTo(Math.min(owed, terms.credit()));
        assertThat(terms.due(-owed, 0)).isEqualTo(-owed);
    }

    @Property
    void what_is_owed_when_an_answer_is_taken_in_is_told_in_full_by_the_next(
            @ForAll @IntRange(max = 1_000_000) int owed,
            @ForAll @IntRange(min = 1, max = 1_000_000) int limit,
            @ForAll @IntRange(min = 1, max = 50) int nodes) {
        Terms terms = Terms.of(limit, nodes);
        assertThat(terms.due(owed, terms.charged(owed))).isEqualTo(owed);
        assertThat(terms.charged(-owed)).isZero();
    }

    @Test
    void shares_and_leases_are_parts_of_the_limit() {
        Terms few = Terms.of(6_400, 2);
        assertThat(few.full()).isEqualTo(Rate.of(6_400));
        assertThat(few.share()).isEqualTo(Rate.of(3_200));
        assertThat(few.credit()).as("as for eight nodes").isEqualTo(100);
        assertThat(few.half()).isEqualTo(50);
        Terms many = Terms.of(6_400, 16);
        assertThat(many.share()).isEqualTo(Rate.of(400));
        assertThat(many.credit()).isEqualTo(50);
        Terms least = Terms.of(3, 4);
        assertThat(least.share()).isEqualTo(Rate.of(1));
        assertThat(least.credit()).isOne();
        assertThat(least.half()).isOne();
    }

    @Test
    void what_is_beyond_the_lease_is_charged_by_the_share() {
        Terms terms = Terms.of(6_400, 2);
        assertThat(terms.charged(100)).isEqualTo(100 * terms.full().price());
        assertThat(terms.charged(103))
                .isEqualTo(100 * terms.full().price() + 3 * terms.share().price());
        assertThat(terms.due(103, 2 * terms.share().price())).isEqualTo(102);
        assertThat(terms.due(103, 4 * terms.share().price())).isEqualTo(103);
    }
}
