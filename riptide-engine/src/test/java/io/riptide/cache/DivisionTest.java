package io.riptide.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class DivisionTest {
    private static final long WHOLE = 1_000_000;

    @Property(tries = 2000)
    void whatAllMayComeToHoldIsNoMoreThanThereIs(
            @ForAll @Size(min = 1, max = 60) List<@From("claims") Claim> claims,
            @ForAll @LongRange(min = 1000, max = 50_000_000) long whole) {
        List<Long> maxima = Division.of(claims, whole, Division.LEVY).maxima();
        long held = claims.stream().mapToLong(Claim::heldBytes).sum();
        long after = 0;
        for (int i = 0; i < claims.size(); i++) {
            Claim claim = claims.get(i);
            assertThat(maxima.get(i)).isBetween(0L, claim.limitBytes());
            after += claim.full() ? maxima.get(i) : Math.min(maxima.get(i), claim.heldBytes());
        }
        if (held > whole - whole / 8) {
            assertThat(after).isLessThanOrEqualTo(whole);
        }
    }

    @Property(tries = 2000)
    void nothingIsTakenOfADemandBelowTheFairShare(
            @ForAll @Size(min = 1, max = 60) List<@From("claims") Claim> claims,
            @ForAll @LongRange(min = 1000, max = 50_000_000) long whole) {
        List<Long> maxima = Division.of(claims, whole, Division.LEVY).maxima();
        long fair = whole / claims.size();
        for (int i = 0; i < claims.size(); i++) {
            assertThat(maxima.get(i))
                    .isGreaterThanOrEqualTo(Math.min(fair, claims.get(i).demandBytes(fair)));
        }
    }

    @Property(tries = 1000)
    void allHaveWhatTheyDemandWhereThereIsEnough(@ForAll @Size(min = 1, max = 60) List<@From("claims") Claim> claims) {
        long whole = 1_000_000_000;
        List<Long> maxima = Division.of(claims, whole, Division.LEVY).maxima();
        for (int i = 0; i < claims.size(); i++) {
            Claim claim = claims.get(i);
            assertThat(maxima.get(i)).isGreaterThanOrEqualTo(Math.min(claim.heldBytes(), claim.limitBytes()));
        }
    }

    @Property(tries = 1000)
    void theOrderOfTenantsIsOfNoMatter(@ForAll @Size(min = 1, max = 30) List<@From("claims") Claim> claims) {
        List<Claim> turned = new ArrayList<>(claims);
        Collections.reverse(turned);
        List<Long> maxima =
                new ArrayList<>(Division.of(turned, WHOLE, Division.LEVY).maxima());
        Collections.reverse(maxima);
        List<Long> straight = Division.of(claims, WHOLE, Division.LEVY).maxima();
        for (int i = 0; i < maxima.size(); i++) {
            // Sums of gains differ in their last bits with the order, and so by a byte what is given by them.
            assertThat(Math.abs(straight.get(i) - maxima.get(i))).isLessThanOrEqualTo(claims.size());
        }
    }

    @Property(tries = 1000)
    void theLevelIsTheHighestThatFits(
            @ForAll @Size(min = 1, max = 40) List<@LongRange(max = 100_000) Long> wants,
            @ForAll @LongRange(max = 1_000_000) long amount) {
        long[] most = wants.stream().mapToLong(Long::longValue).toArray();
        long level = Division.level(new long[most.length], most, amount);
        assertThat(sumBelow(wants, level)).isLessThanOrEqualTo(amount);
        if (level < Collections.max(wants)) {
            assertThat(sumBelow(wants, level + 1)).isGreaterThan(amount);
        }
    }

    @Example
    void thoseMostAboveTheirFairShareAreCutFirst() {
        List<Claim> claims = List.of(content(100_000), content(300_000), content(400_000), content(250_000));
        assertThat(Division.of(claims, WHOLE, 0).maxima()).containsExactly(250_000L, 300_000L, 350_000L, 250_000L);
    }

    @Example
    void whatComesFreeGoesToThoseWhoRegret() {
        Claim regretting = new Claim(500_000, 500_000, WHOLE, true, 3_000, 500_000);
        Claim content = new Claim(500_000, 500_000, WHOLE, true, 0, 500_000);
        Claim small = new Claim(0, 0, WHOLE, false, 0, 0);
        List<Long> maxima =
                Division.of(List.of(regretting, content, small), WHOLE, 0.1).maxima();
        assertThat(maxima.get(0)).isEqualTo(516_667);
        assertThat(maxima.get(1)).isEqualTo(483_333);
    }

    @Example
    void whoFillsAnyRoomAndUsesNoneOfItKeepsAFoothold() {
        Claim scanning = new Claim(300_000, 0, WHOLE, true, 0, 300_000);
        List<Claim> claims = List.of(
                scanning,
                new Claim(350_000, 300_000, WHOLE, true, 10, 350_000),
                new Claim(350_000, 300_000, WHOLE, true, 10, 350_000));
        List<Long> maxima = Division.of(claims, WHOLE, 0).maxima();
        assertThat(maxima.get(0)).isEqualTo(333_333 / 16);
        assertThat(maxima.get(1)).isGreaterThan(480_000);
    }

    @Provide
    Arbitrary<Claim> claims() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, 3_000_000),
                        Arbitraries.doubles().between(0, 1),
                        Arbitraries.longs().between(0, 10_000_000),
                        Arbitraries.of(true, false),
                        Arbitraries.doubles().between(0, 1_000_000),
                        Arbitraries.longs().between(0, 5_000_000))
                .as((held, used, limit, full, gain, share) ->
                        new Claim(held, (long) (held * used), limit, full, gain, share));
    }

    private static long sumBelow(List<Long> wants, long level) {
        return wants.stream().mapToLong(want -> Math.min(want, level)).sum();
    }

    private static Claim content(long heldBytes) {
        return new Claim(heldBytes, heldBytes, WHOLE, false, 0, heldBytes);
    }
}
