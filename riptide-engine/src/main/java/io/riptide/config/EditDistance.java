package io.riptide.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * How far apart two spellings are: insertions, deletions, replacements and swaps of neighbours (restricted Damerau).
 */
final class EditDistance {
    /** Longer words are cut: the work is the product of both lengths, and no key is longer. */
    private static final int MAX_LENGTH = 64;

    private EditDistance() {}

    /** The candidate spelled most alike, if at most a third of the longer one's letters differ. */
    static @Nullable String nearest(String word, Collection<String> candidates) {
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            int distance = between(word, candidate);
            int allowed = Math.max(1, Math.max(word.length(), candidate.length()) / 3);
            if (distance <= allowed && distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best;
    }

    static int between(String left, String right) {
        String a = left.substring(0, Math.min(left.length(), MAX_LENGTH));
        String b = right.substring(0, Math.min(right.length(), MAX_LENGTH));
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
