package io.riptide.config;

/**
 * {@code server}.
 *
 * @param host address to listen on
 * @param port port to listen on; 0 takes a free one
 * @param maxConnections connections at once; more wait in the backlog
 */
public record ServerConfig(String host, int port, int maxConnections) {}
