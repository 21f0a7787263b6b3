package io.riptide.config;

import io.riptide.config.ValueType.Choice;
import io.riptide.config.ValueType.Flag;
import io.riptide.config.ValueType.Secret;
import io.riptide.config.ValueType.Text;
import io.riptide.config.ValueType.Whole;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Every key there is, as data: checking, {@code config show}, {@code config reference} and the records follow from it.
 */
public final class ConfigSchema {
    /** Stands in a path for a name that the user chooses. */
    static final String ANY = "<name>";

    static final String CACHE = "persistence.cache.";
    static final String TENANT = "persistence.tenant.";
    static final String QUOTAS = TENANT + "default_quotas.";
    static final String ROCKSDB = "persistence.rocksdb.";
    static final String REDIS = "persistence.redis.";
    static final String JWT = "security.jwt.";
    static final String ADMIN_JWT = "security.admin_jwt.";
    static final String ROLES = ADMIN_JWT + "roles.";
    static final String NAMESPACES = CACHE + "namespaces.";
    static final String NAMESPACE = NAMESPACES + ANY + ".";

    private static final long MIB = 1L << 20;
    private static final long TIB = 1L << 40;
    private static final long PIB = 1L << 50;
    /** Ten years: a longer life is a mistake in the unit. */
    private static final Whole SECONDS = new Whole(1, 315_360_000);

    private static final Whole WINDOW = new Whole(0, 315_360_000);
    private static final Whole TIMEOUT = new Whole(0, 3_600_000);

    private static final Whole BODY = new Whole(1, 64 * MIB);
    private static final Text HOST = new Text(Pattern.compile("[A-Za-z0-9._:%-]{1,255}"), "a host name or IP address");
    private static final Text AGENT =
            new Text(Pattern.compile("[!-~]([ -~]{0,254}[!-~])?"), "1 to 256 printable ASCII characters");

    private static final Secret REDIS_URL = new Secret(
            Pattern.compile("(rediss?://[^,\\s]{1,500})?(,rediss?://[^,\\s]{1,500}){0,31}"),
            "redis://[user:password@]host[:port][/database], or rediss:// for TLS; several separated by commas");
    private static final Secret CONTROL_URL = new Secret(
            Pattern.compile("(jdbc:postgresql://[^\\s]{1,2000})?"),
            "jdbc:postgresql://host[:port]/database?user=…&password=…");
    /** The last digit before the padding says two bits less than the others. */
    private static final Secret MASTER_KEY = new Secret(
            Pattern.compile("([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)?"),
            "base64 of exactly 32 bytes, as from openssl rand -base64 32");

    private static final Text FILE = new Text(Pattern.compile("(/[^\\x00-\\x1f]{1,1000})?"), "an absolute path");

    private static final Text CLAIM = new Text(Pattern.compile("[!-~]{1,200}"), "the name of a claim");
    private static final Text ISSUER =
            new Text(Pattern.compile("[!-~]{0,1000}"), "printable characters without spaces");
    private static final Text JWKS =
            new Text(Pattern.compile("(https://[^\\s@]{1,1000})?"), "an https URL without a user or password");
    private static final Text PEM = new Text(
            Pattern.compile("(\\s*-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\\s]{1,10000}-----END PUBLIC KEY-----\\s*)?"),
            "a public key in PEM: RSA of at least 2048 bits, P-256 or Ed25519");

    private static final List<ConfigKey> OTHERS = List.of(
            key(
                    CACHE + "default_ttl_seconds",
                    SECONDS,
                    "3600",
                    "s",
                    "how long an entry lives that says nothing else; left out, never more than max_ttl_seconds"),
            key(CACHE + "max_ttl_seconds", SECONDS, "2592000", "s", "longest life of an entry"),
            key(CACHE + "max_entry_bytes", BODY, "16777216", "bytes", "largest value of an entry"),
            key(
                    CACHE + "max_memory_bytes",
                    new Whole(MIB, TIB),
                    "268435456",
                    "bytes",
                    "decoded entries held in memory, of all tenants together"),
            key(
                    CACHE + "durability",
                    new Choice(List.of("buffered", "synced")),
                    "buffered",
                    "",
                    "what an acknowledged write survives: the end of the process, or that of the machine"),
            key(CACHE + "enable_compression", new Flag(), "true", "", "whether values are compressed at all"),
            key(
                    CACHE + "compression_algorithm",
                    new Choice(List.of("lz4", "zstd", "zstd_dictionary", "none")),
                    "lz4",
                    "",
                    "with what values are compressed"),
            key(
                    CACHE + "compression_threshold_bytes",
                    new Whole(0, 64 * MIB),
                    "1024",
                    "bytes",
                    "values below stay as they are"),
            key(
                    NAMESPACE + "default_ttl_seconds",
                    SECONDS,
                    "(default_ttl_seconds)",
                    "s",
                    "in this namespace, how long an entry lives that says nothing else"),
            key(
                    NAMESPACE + "ttl_jitter_percent",
                    new Whole(0, 50),
                    "0",
                    "%",
                    "by how much of its life at most each entry ends earlier, so that not all end at once"),
            key(
                    NAMESPACE + "load_hard_timeout_ms",
                    TIMEOUT,
                    "0",
                    "ms",
                    "how long a load may take before all who wait for it are told that it failed; 0: no bound"),
            key(
                    NAMESPACE + "early_refresh_percent",
                    new Whole(0, 90),
                    "0",
                    "%",
                    "the last part of an entry's life in which a read with a loader has it loaded anew behind it"),
            key(
                    NAMESPACE + "load_soft_timeout_ms",
                    TIMEOUT,
                    "0",
                    "ms",
                    "how long a load may take before those who wait get a stale entry that stale_if_error_seconds"
                            + " allows; 0: they wait"),
            key(
                    NAMESPACE + "stale_while_revalidate_seconds",
                    WINDOW,
                    "0",
                    "s",
                    "for how long after its end an entry is served at once while it is loaded anew"),
            key(
                    NAMESPACE + "stale_if_error_seconds",
                    WINDOW,
                    "0",
                    "s",
                    "for how long after its end an entry is served where its load, or the store, fails"),
            key(
                    NAMESPACE + "negative_ttl_seconds",
                    new Whole(0, 86_400),
                    "0",
                    "s",
                    "for how long it is remembered that a loader found nothing"),
            key(
                    NAMESPACE + "failure_ttl_seconds",
                    new Whole(0, 3_600),
                    "0",
                    "s",
                    "for how long it is remembered that a loader failed, where no stale entry can be served"),
            key(
                    TENANT + "enabled",
                    new Flag(),
                    "true",
                    "",
                    "whether callers need a credential; if not, one without is the tenant \"default\""),
            key(
                    TENANT + "isolation_level",
                    new Choice(List.of("strong")),
                    "strong",
                    "",
                    "how tenants are kept apart: own key space, own share of memory; there is no other level"),
            key(
                    QUOTAS + "memory_bytes",
                    new Whole(0, PIB),
                    "104857600",
                    "bytes",
                    "what a tenant may hold in memory that is given no quota of its own"),
            key(
                    QUOTAS + "operations_per_minute",
                    new Whole(1, 1_000_000_000),
                    "1000",
                    "per minute",
                    "operations, likewise"),
            key(QUOTAS + "storage_bytes", new Whole(0, PIB), "1073741824", "bytes", "stored bytes, likewise"),
            key(QUOTAS + "active_sessions", new Whole(0, 1_000_000_000), "100", "", "sessions, likewise"),
            key(
                    TENANT + "shadow.operations_per_minute",
                    new Flag(),
                    "false",
                    "",
                    "whether the rate refuses nobody and only counts what it would have refused"),
            key(TENANT + "shadow.storage_bytes", new Flag(), "false", "", "whether stored bytes do, likewise"),
            key(
                    TENANT + "auto_suspend.enabled",
                    new Flag(),
                    "false",
                    "",
                    "whether a tenant is suspended whose calls go on being refused by its quotas"),
            key(
                    TENANT + "auto_suspend.after_violations",
                    new Whole(1, 1_000_000_000),
                    "1000",
                    "",
                    "refused calls on one node after which it is"),
            key(
                    TENANT + "auto_suspend.within_seconds",
                    new Whole(1, 86_400),
                    "600",
                    "s",
                    "the time in which they fall"),
            key(
                    TENANT + "storage_full",
                    new Choice(List.of("refuse", "evict")),
                    "refuse",
                    "",
                    "a write beyond a tenant's storage_bytes: refused, or its entries that end first go for it"),
            key(TENANT + "max_tenants", new Whole(1, 10_000_000), "1000000", "", "how many tenants there may be"),
            key(
                    ROCKSDB + "block_cache_bytes",
                    new Whole(MIB, TIB),
                    "134217728",
                    "bytes",
                    "native memory for blocks and indexes of the embedded store"),
            key(
                    ROCKSDB + "write_buffer_bytes",
                    new Whole(4 * MIB, TIB),
                    "67108864",
                    "bytes",
                    "native memory for what the embedded store has not yet written out"),
            key(
                    REDIS + "url",
                    REDIS_URL,
                    "",
                    "",
                    "where the store is that several nodes share; left out, entries lie in the data folder. With mode"
                            + " sentinel the sentinels' addresses, the master's name behind a # of the last"
                            + " (default mymaster)"),
            key(
                    REDIS + "mode",
                    new Choice(List.of("standalone", "sentinel", "cluster")),
                    "standalone",
                    "",
                    "how the servers at url work together"),
            key(REDIS + "pool_size", new Whole(1, 64), "10", "", "multiplexed connections to each master"),
            key(
                    REDIS + "command_timeout_ms",
                    new Whole(1, 60_000),
                    "250",
                    "ms",
                    "how long a caller waits for an answer of Redis"),
            key(
                    REDIS + "ca_certificate",
                    FILE,
                    "",
                    "",
                    "PEM file of the authorities that rediss:// trusts; left out, those that the JVM trusts"),
            key(
                    "persistence.control.url",
                    CONTROL_URL,
                    "",
                    "",
                    "the PostgreSQL that several nodes share for tenants and keys; left out, they lie in the data"
                            + " folder"),
            key(
                    "persistence.state.shutdown_timeout_seconds",
                    new Whole(1, 3_600),
                    "30",
                    "s",
                    "how long a stop may take before what still runs is cut off"),
            key(JWT + "issuer", ISSUER, "", "", "the iss of tenants' tokens; left out, tenants have keys alone"),
            key(JWT + "audience", ISSUER, "", "", "the aud that tenants' tokens must name"),
            key(JWT + "jwks_url", JWKS, "", "", "where the keys are that sign tenants' tokens"),
            key(JWT + "public_key", PEM, "", "", "the one key that signs them, in place of jwks_url"),
            key(JWT + "tenant_claim", CLAIM, "tenant_id", "", "the claim that names the tenant"),
            key(JWT + "scopes_claim", CLAIM, "scope", "", "the claim that holds scopes; a token without it may do all"),
            key(
                    ADMIN_JWT + "issuer",
                    ISSUER,
                    "",
                    "",
                    "the iss of administrators' tokens; left out, they have keys alone"),
            key(ADMIN_JWT + "audience", ISSUER, "", "", "the aud that administrators' tokens must name"),
            key(ADMIN_JWT + "jwks_url", JWKS, "", "", "where the keys are that sign administrators' tokens"),
            key(ADMIN_JWT + "public_key", PEM, "", "", "the one key that signs them, in place of jwks_url"),
            key(ADMIN_JWT + "roles_claim", CLAIM, "roles", "", "the claim that holds roles"),
            key(
                    ROLES + ANY,
                    new Choice(List.of("admin", "operator", "viewer")),
                    "(none)",
                    "",
                    "which role a role of the issuer's stands for"),
            key("web.user_agent", AGENT, "RipTide/2.0", "", "what origins are told"),
            key(
                    "web.allow_private_addresses",
                    new Flag(),
                    "false",
                    "",
                    "whether loopback, private and link-local addresses may be fetched"),
            key("web.max_body_bytes", BODY, "10485760", "bytes", "largest body taken from an origin"),
            key("server.host", HOST, "127.0.0.1", "", "address to listen on"),
            key("server.port", new Whole(0, 65_535), "8080", "", "port to listen on; 0 takes a free one"),
            key(
                    "server.max_connections",
                    new Whole(1, 1_000_000),
                    "10000",
                    "",
                    "connections at once; more wait to be accepted"),
            key(
                    "security.master_key",
                    MASTER_KEY,
                    "",
                    "",
                    "wraps the data keys of encrypted tenants; needed once a tenant is encrypted, and the same on all"
                            + " nodes"),
            key("observability.metrics_public", new Flag(), "false", "", "whether /metrics needs no admin credential"),
            key(
                    "observability.tenant_series",
                    new Whole(0, 10_000),
                    "100",
                    "",
                    "tenants that metrics name, in order of arrival; the others count under _other"),
            key(
                    "audit.retention_days",
                    new Whole(1, 36_500),
                    "3650",
                    "days",
                    "after how long rows of the audit log go; what is left can still be checked"));

    private static final List<ConfigKey> KEYS =
            Stream.concat(OTHERS.stream(), BillingSchema.keys().stream()).toList();

    private ConfigSchema() {}

    /** Nothing is read again while the process runs, so each key needs a restart. */
    private static ConfigKey key(String path, ValueType type, String byDefault, String unit, String meaning) {
        return new ConfigKey(path, type, byDefault, unit, meaning, true);
    }

    /** All keys, in the order in which they are shown. */
    public static List<ConfigKey> keys() {
        return KEYS;
    }
}
