package io.riptide.grant;

import java.util.regex.Pattern;

/** What access policies speak of: the first part of a resource's name. */
public enum Area {
    /** {@code cache/{namespace}} and {@code cache/{namespace}/{key}}. */
    CACHE("cache/", Pattern.compile("[A-Za-z0-9_.-]{1,64}(/.+)?", Pattern.DOTALL)),
    /** {@code web/{host}}. */
    WEB("web/", Pattern.compile("[^/]+")),
    SESSIONS("sessions", Pattern.compile("")),
    USAGE("usage", Pattern.compile(""));

    private final String text;
    private final Pattern rest;

    Area(String text, Pattern rest) {
        this.text = text;
        this.rest = rest;
    }

    /** What its resources begin with, or are. */
    public String text() {
        return text;
    }

    /** Whether a text names one resource of any area. */
    public static boolean names(String resource) {
        for (Area area : values()) {
            if (resource.startsWith(area.text)
                    && area.rest.matcher(resource.substring(area.text.length())).matches()) {
                return true;
            }
        }
        return false;
    }

    /** Whether some resource begins with a text. */
    public static boolean beginsOne(String text) {
        for (Area area : values()) {
            if (area.text.startsWith(text)) {
                return true;
            }
        }
        return names(text) || (text.endsWith("/") && names(text + "x"));
    }
}
