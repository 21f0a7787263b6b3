/**
 * The main job in one command: a small real website, a real server in a process of its own, two tenants who read the
 * site through their caches, a quota that refuses, what each used and owes, a kill and a restart,
 * an invoice.
 *
 * <p>What: {@link io.riptide.server.demo.Demo} is the command; {@code DemoSite} the website, {@code DemoServer} the
 * process, {@code DemoClient} one caller over HTTP, {@code DemoRun} the steps in their order, {@code DemoBill} what a
 * tenant owes, {@code DemoMonth} a month's end, {@code DemoScreen} what one sees. Path: nothing of the server's product
 * uses this package. Bounds: a few dozen requests; every wait ends. Threads: one for the steps, virtual ones for the
 * site. Failure: a step that does not answer as it should is named, and {@code --exit} exits 1.
 */
@NullMarked
package io.riptide.server.demo;

import org.jspecify.annotations.NullMarked;
