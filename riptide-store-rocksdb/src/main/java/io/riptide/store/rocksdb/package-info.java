/**
 * Entries in a directory: an {@link io.riptide.spi.EntryStore} over RocksDB, the default second tier.
 *
 * <p>What: {@link io.riptide.store.rocksdb.RocksDbEntryStore} is the store, {@link io.riptide.store.rocksdb.DataFolder}
 * the folder that one process owns. Path: a read is one native get; a write reads the head, judges condition and quota
 * and commits entry, head, expiry and usage in one write batch, all under the lock of its key.
 *
 * <p>What lies where (numbers big-endian, but for {@code usage}, whose little-endian is the merge operator's):
 *
 * <table>
 *   <caption>Column families and keys</caption>
 *   <tr><th>column family</th><th>key</th><th>value</th></tr>
 *   <tr><td>{@code entry}</td><td>the store key</td><td>the envelope; from 4 KiB in blob files</td></tr>
 *   <tr><td>{@code head}</td><td>the store key</td><td>the head's own coding</td></tr>
 *   <tr><td>{@code expiry}</td><td>epoch milliseconds (8 bytes), the store key</td><td>nothing</td></tr>
 *   <tr><td>{@code tag}</td><td>{@code {tenant}:{tag_hash}:{namespace}:{key_hash}}</td><td>nothing</td></tr>
 *   <tr><td>{@code usage}</td><td>{@code {tenant}:bytes}, {@code {tenant}:entries}, {@code {tenant}:{namespace}:bytes},
 *       {@code {tenant}:{namespace}:entries}</td><td>a sum, 8 bytes</td></tr>
 *   <tr><td>{@code default}</td><td>{@code riptide:meta:store:format}</td><td>version of this table, 8 bytes:
 *   2</td></tr>
 *   <tr><td>{@code default}</td><td>{@code riptide:meta:sequence:{tenant}}</td><td>number of the tenant's latest
 *       removal, 8 bytes</td></tr>
 *   <tr><td>{@code default}</td><td>{@code riptide:meta:removal:{tenant}:{kind}:{namespace}:{tag, key or prefix}}</td>
 *       <td>removed, freed, staled (numbers of removals), staled since (epoch milliseconds): of a removal whose rows
 *       are not worked off</td></tr>
 *   <tr><td>{@code default}</td><td>{@code riptide:meta:store:swept}</td><td>instant up to which the sweep has come, 8
 *       bytes</td></tr>
 *   <tr><td>{@code default}</td><td>{@code riptide:meta:dictionary:{tenant}:{namespace}:{id}}, 8 hex digits</td>
 *       <td>a dictionary, as {@code DictionaryRow} lays it out</td></tr>
 *   <tr><td>{@code default}</td><td>{@code riptide:meta:dictionary-end:{until}:{tenant}:{namespace}:{id}}, 16 hex
 *       digits of epoch milliseconds</td><td>nothing</td></tr>
 * </table>
 *
 * <p>Bounds: native memory is the block cache and the write buffers of the configuration, which share one accounting;
 * the write-ahead log is at most about 64 MiB, which bounds recovery; 512 files are open at most; a write batch holds
 * about 32 MiB.
 *
 * <p>Threads: all methods are safe for use by many threads. Locks are taken in this order and never in another: the
 * gate against closing, the horizon, the sweep's lock, the stripes of keys in ascending order, removals of tenants in
 * the order of their ids, a tenant's account; the lock of dictionaries is taken with the gate alone. RocksDB's own
 * threads compact and flush. Synced writes wait on the executor that the opener hands in, so that native waits do not
 * hold the carriers of virtual threads.
 *
 * <p>Failure: what RocksDB refuses is {@code store-unavailable} with the native error as the cause; nothing is then
 * acknowledged and no account has moved. A damaged block of an entry reads as a miss and is counted; a
 * dictionary that is not whole is one that is not there.
 */
@NullMarked
package io.riptide.store.rocksdb;

import org.jspecify.annotations.NullMarked;
