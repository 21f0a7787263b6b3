package io.riptide.proof.compress;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Documents as an API for orders would answer with, some 2 KiB of JSON each, and pages of a shop. What one shares
 * with another is what answers of one API share, the names of its fields and a vocabulary; ids, sums, instants and
 * hashes are random, and the same seed gives the same ones. Texts are of 2,000 words, of which each is as frequent as
 * its rank says (Zipf).
 */
public final class Documents {
    private static final int WORDS = 2000;
    private static final List<String> WORD = vocabulary();
    private static final HexFormat HEX = HexFormat.of();

    private final SplittableRandom random;

    /** Documents of that seed. */
    public Documents(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** So many, one after the other. */
    public List<byte[]> next(int count) {
        return IntStream.range(0, count).mapToObj(i -> next()).toList();
    }

    /** The next one. */
    public byte[] next() {
        String created = instant();
        int lines = 4 + random.nextInt(5);
        StringBuilder items = new StringBuilder();
        long total = 0;
        for (int i = 0; i < lines; i++) {
            int cents = 100 + random.nextInt(50_000);
            int quantity = 1 + random.nextInt(5);
            total += (long) cents * quantity;
            items.append(i == 0 ? "" : ",").append(line(cents, quantity));
        }
        String text = """
                {"id":"%s","number":%d,"status":"%s","created_at":"%s","updated_at":"%s","customer":%s,\
                "lines":[%s],"total":%s,"note":"%s","links":{"self":"https://api.example.com/v1/orders/%s",\
                "invoice":"https://api.example.com/v1/invoices/%s"},"etag":"%s"}""".formatted(
                        uuid(),
                        random.nextInt(1_000_000),
                        one("open", "paid", "shipped", "returned"),
                        created,
                        instant(),
                        customer(),
                        items,
                        money(total),
                        words(10 + random.nextInt(50)),
                        uuid(),
                        hex(12),
                        hex(16));
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A page of a shop, some 50 KiB of HTML: what a page repeats within itself is its tags and classes. */
    public byte[] page() {
        StringBuilder cards = new StringBuilder();
        for (int i = 0; i < 80; i++) {
            cards.append("""
                    <article class="card card--product" id="product-%s">
                      <a class="card__link" href="/products/%s"><img class="card__image" src="/images/%s.webp" \
                    alt="%s" loading="lazy" width="320" height="240"></a>
                      <h3 class="card__title">%s</h3><p class="card__text">%s</p>
                      <span class="price">%d.%02d €</span><button class="button button--cart" data-sku="%s">Add</button>
                    </article>
                    """.formatted(
                            hex(4),
                            hex(6),
                            hex(8),
                            words(3),
                            words(4),
                            words(25),
                            random.nextInt(500),
                            random.nextInt(100),
                            hex(5)));
        }
        String text = """
                <!doctype html><html lang="en"><head><meta charset="utf-8"><title>%s</title>
                <link rel="stylesheet" href="/assets/main.css"></head><body><header><nav><a href="/">Home</a>\
                <a href="/basket">Basket</a></nav></header><main class="grid">
                %s</main><footer><p>%s</p></footer></body></html>
                """.formatted(words(5), cards, words(40));
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String customer() {
        String first = word();
        String last = word();
        return """
                {"id":%d,"name":"%s %s","email":"%s.%s@%s.example","vip":%b,"address":{"street":"%s street %d",\
                "city":"%s","postal_code":"%05d","country":"%s"}}""".formatted(
                        random.nextInt(10_000_000),
                        first,
                        last,
                        first,
                        last,
                        word(),
                        random.nextInt(10) == 0,
                        word(),
                        random.nextInt(300),
                        word(),
                        random.nextInt(100_000),
                        one("DE", "FR", "PL", "NL", "US"));
    }

    private String line(int cents, int quantity) {
        return """
                {"sku":"%s","title":"%s","quantity":%d,"unit_price":%s,"tax_rate":%s,"attributes":{"color":"%s",\
                "weight_grams":%d,"in_stock":%b}}""".formatted(
                        hex(5).toUpperCase(Locale.ROOT),
                        words(2 + random.nextInt(5)),
                        quantity,
                        money(cents),
                        one("0.19", "0.07", "0.00"),
                        one("red", "green", "blue", "black", "white"),
                        random.nextInt(20_000),
                        random.nextBoolean());
    }

    private static String money(long cents) {
        return "{\"amount\":\"%d.%02d\",\"currency\":\"EUR\"}".formatted(cents / 100, cents % 100);
    }

    private String instant() {
        return "2026-%02d-%02dT%02d:%02d:%02d.%03dZ"
                .formatted(
                        1 + random.nextInt(12),
                        1 + random.nextInt(28),
                        random.nextInt(24),
                        random.nextInt(60),
                        random.nextInt(60),
                        random.nextInt(1000));
    }

    private String uuid() {
        return hex(4) + "-" + hex(2) + "-4" + hex(2).substring(1) + "-a" + hex(2).substring(1) + "-" + hex(6);
    }

    private String hex(int bytes) {
        byte[] drawn = new byte[bytes];
        random.nextBytes(drawn);
        return HEX.formatHex(drawn);
    }

    private String one(String... of) {
        return of[random.nextInt(of.length)];
    }

    private String words(int count) {
        List<String> drawn = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            drawn.add(word());
        }
        return String.join(" ", drawn);
    }

    /** By the inverse of a Zipf distribution of exponent 1, taken as continuous. */
    private String word() {
        return WORD.get(Math.min(WORDS - 1, (int) Math.pow(WORDS, random.nextDouble()) - 1));
    }

    private static List<String> vocabulary() {
        String consonants = "bcdfghklmnprstvwz";
        String vowels = "aeiou";
        SplittableRandom random = new SplittableRandom(1);
        Set<String> words = new LinkedHashSet<>();
        while (words.size() < WORDS) {
            StringBuilder word = new StringBuilder();
            for (int syllables = 1 + random.nextInt(3); syllables > 0; syllables--) {
                word.append(consonants.charAt(random.nextInt(consonants.length())));
                word.append(vowels.charAt(random.nextInt(vowels.length())));
            }
            words.add(
                    random.nextBoolean()
                            ? word + "nrstl".substring(random.nextInt(5)).substring(0, 1)
                            : word.toString());
        }
        return List.copyOf(words);
    }
}
