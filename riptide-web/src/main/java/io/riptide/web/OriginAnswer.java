package io.riptide.web;

import java.util.List;

/**
 * What an origin answered.
 *
 * @param fields as they came, hop-by-hop ones too
 * @param requestMillis when it was asked, epoch milliseconds
 * @param responseMillis when the head of its answer was there
 */
record OriginAnswer(int status, List<HeaderField> fields, byte[] body, long requestMillis, long responseMillis) {}
