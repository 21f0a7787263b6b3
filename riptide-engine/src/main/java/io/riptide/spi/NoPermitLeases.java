package io.riptide.spi;

import java.util.List;

/** No permits are shared. */
final class NoPermitLeases implements PermitLeases {
    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public List<Settled> settle(List<Claim> claims) {
        throw new IllegalStateException("permits are not shared");
    }

    @Override
    public void close() {}
}
