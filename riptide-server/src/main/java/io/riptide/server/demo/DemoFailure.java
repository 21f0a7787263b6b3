package io.riptide.server.demo;

/** A step of the demo that did not answer as it should. */
final class DemoFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DemoFailure(String message) {
        super(message);
    }
}
