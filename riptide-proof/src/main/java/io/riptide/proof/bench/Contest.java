package io.riptide.proof.bench;

import io.riptide.proof.bench.contest.Contestant.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Rivals at one work, in turns, so that whatever else the machine does meets all of them: medians of some rounds, with
 * the lowest and the highest. Ratios are those of one round each.
 */
final class Contest {
    private static final int WARM_UPS = 3;

    private final Results results;
    private final String part;
    private final int rounds;

    Contest(Results results, String part, int rounds) {
        this.results = results;
        this.part = part;
        this.rounds = rounds;
    }

    /** What one rival's rounds came to. */
    record Outcome(Rival rival, List<Rival.Figures> rounds) {
        double[] cpu() {
            return rounds.stream()
                    .mapToDouble(Rival.Figures::cpuMicros)
                    .sorted()
                    .toArray();
        }

        double[] rates() {
            return rounds.stream().mapToDouble(Rival.Figures::rate).sorted().toArray();
        }

        /** The median of how many times another's processor time this one's is. */
        double cpuOver(Outcome other) {
            double[] ratios = new double[rounds.size()];
            for (int i = 0; i < ratios.length; i++) {
                ratios[i] = rounds.get(i).cpuMicros() / other.rounds.get(i).cpuMicros();
            }
            return median(ratios);
        }

        /** The median of how many times another's rate this one's is. */
        double rateOver(Outcome other) {
            double[] ratios = new double[rounds.size()];
            for (int i = 0; i < ratios.length; i++) {
                ratios[i] = rounds.get(i).rate() / other.rounds.get(i).rate();
            }
            return median(ratios);
        }
    }

    /** Outcomes in the order of the rivals, noted under what it is called. */
    List<Outcome> run(String what, Work work, int callers, int operations, Rival... rivals) {
        List<Outcome> outcomes = new ArrayList<>();
        for (Rival rival : rivals) {
            outcomes.add(new Outcome(rival, new ArrayList<>()));
        }
        for (int round = -WARM_UPS; round < rounds; round++) {
            for (Outcome outcome : outcomes) {
                Rival.Figures figures = outcome.rival().run(work, callers, operations);
                if (round >= 0) {
                    outcome.rounds().add(figures);
                }
            }
        }
        outcomes.forEach(outcome -> note(what, outcome));
        return outcomes;
    }

    private void note(String what, Outcome outcome) {
        String who = what + ": " + outcome.rival().name();
        double[] cpu = outcome.cpu();
        boolean tiny = median(cpu) < 1;
        double[] scaled = tiny ? Arrays.stream(cpu).map(micros -> micros * 1000).toArray() : cpu;
        results.add(part, who + ", CPU each", median(scaled), tiny ? "ns" : "us", between(scaled, "%,.1f to %,.1f"));
        double[] rates = outcome.rates();
        results.add(part, who + ", rate", median(rates), "a second", between(rates, "%,.0f to %,.0f"));
    }

    private static String between(double[] sorted, String format) {
        return String.format(Locale.ROOT, format, sorted[0], sorted[sorted.length - 1]);
    }

    private static double median(double[] values) {
        return Samples.percentile(Arrays.stream(values).sorted().toArray(), 50);
    }
}
