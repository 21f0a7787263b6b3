package io.riptide.server.demo;

/**
 * A tenant of the demo.
 *
 * @param key its API key
 */
record DemoTenant(String id, String key, DemoClient client) {}
