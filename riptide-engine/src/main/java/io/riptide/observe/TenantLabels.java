package io.riptide.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which tenants metrics name, so that their number is bounded however many there are: the first so many that arrive,
 * each until it is forgotten. All others share the label {@value #OTHER}. Any number of threads; to find a label takes
 * no lock.
 *
 * @param <S> what is kept for a label
 */
public final class TenantLabels<S> {
    /** The label of all tenants that are not named. A tenant whose id this happens to be is one of them. */
    public static final String OTHER = "_other";

    private final int most;
    private final Function<String, S> maker;
    private final S others;
    private final ConcurrentMap<String, S> named = new ConcurrentHashMap<>();

    /**
     * With nobody named.
     *
     * @param most how many tenants are named at once
     * @param maker makes what is kept for a label, that of the others at once
     */
    public TenantLabels(int most, Function<String, S> maker) {
        this.most = most;
        this.maker = maker;
        this.others = maker.apply(OTHER);
    }

    /** What is kept for a tenant that is named, else null. */
    public @Nullable S find(String tenantId) {
        return named.get(tenantId);
    }

    /** What is kept for a tenant, which is named from now on where there is room, else for the others. */
    public S name(String tenantId) {
        S own = named.get(tenantId);
        if (own != null) {
            return own;
        }
        return named.size() >= most || tenantId.equals(OTHER) ? others : admit(tenantId);
    }

    private synchronized S admit(String tenantId) {
        S own = named.get(tenantId);
        if (own != null) {
            return own;
        }
        if (named.size() >= most) {
            return others;
        }
        S made = maker.apply(tenantId);
        named.put(tenantId, made);
        return made;
    }

    /** What is kept for those that are not named. */
    public S others() {
        return others;
    }

    /** What is kept for those that are. */
    public List<S> named() {
        return List.copyOf(named.values());
    }

    /** Names a tenant no more; returns what was kept for it, or null where it was not named. */
    public synchronized @Nullable S forget(String tenantId) {
        return named.remove(tenantId);
    }

    /** Names those no more for which what is kept says so; returns that. */
    public synchronized List<S> forgetWhere(Predicate<S> condition) {
        List<S> forgotten = new ArrayList<>();
        named.values().removeIf(kept -> condition.test(kept) && forgotten.add(kept));
        return forgotten;
    }
}
