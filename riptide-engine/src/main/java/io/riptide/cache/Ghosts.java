package io.riptide.cache;

/**
 * Which keys a share has just let go of: their hashes, each in one of few places, the newest in the place of an older.
 * Asked for again while they are here, they would have been hits in a share larger by about an eighth. Threads may lose
 * each other's marks: this is an estimate.
 */
final class Ghosts {
    private static final int FEWEST = 64;
    private static final int MOST = 1 << 16;
    private static final int SPREAD = 0x9E3779B9;

    private volatile int[] places = new int[FEWEST];
    private volatile double scale = 1;

    /** Makes places for an eighth of so many entries, of which none is lost where the number stays near. */
    void resize(long entries) {
        long eighth = Math.max(1, entries / 8);
        int wanted = Math.clamp(Long.highestOneBit(eighth), FEWEST, MOST);
        scale = Math.max(1, (double) eighth / MOST);
        if (wanted != places.length) {
            places = new int[wanted];
        }
    }

    void add(int hash) {
        int[] now = places;
        now[place(hash, now.length)] = mark(hash);
    }

    /** Whether it is here; from then on it is not. */
    boolean take(int hash) {
        int[] now = places;
        int place = place(hash, now.length);
        if (now[place] != mark(hash)) {
            return false;
        }
        now[place] = 0;
        return true;
    }

    /** How many keys one found here stands for: more than one where there are too few places for the entries. */
    double scale() {
        return scale;
    }

    private static int place(int hash, int places) {
        return (hash * SPREAD) >>> (Integer.numberOfLeadingZeros(places) + 1);
    }

    /** Zero is no mark. */
    private static int mark(int hash) {
        return hash == 0 ? 1 : hash;
    }
}
