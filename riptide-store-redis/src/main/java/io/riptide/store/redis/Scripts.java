package io.riptide.store.redis;

import java.util.List;

/**
 * What the server does as one step. Each works on the keys of one slot. Numbers in values and members are read by
 * {@code struct}, big-endian; {@link StoredValue} has their places, counted there from 0 and here from 1.
 */
final class Scripts {
    /**
     * Takes entries into the index and counts them; all or, where the removals are not those that the writer knows or
     * one of them would go over the limit, none.
     *
     * <p>Keys: usage, removals, then sorted sets. Arguments: the latest removal that is known, the limit (-1: none),
     * then for each entry: which sorted set (1 for the first), until when it is kept, its member without the server's
     * time, and how many bytes of it replace others. Answers {0, latest} where another removal is the latest, {1, used}
     * where the limit is met, else {2, used before, time, whether the tenant had nothing before, then for each entry
     * the removal below whose number what it replaces is not counted any more}.
     */
    static final Script ADD = new Script("""
            local latest = redis.call('HGET', KEYS[2], 'n') or '0'
            if latest ~= ARGV[1] then return {0, tonumber(latest)} end
            local limit = tonumber(ARGV[2])
            local before = tonumber(redis.call('HGET', KEYS[1], 'b') or '0')
            local used = before
            if limit >= 0 then
              for i = 3, #ARGV, 4 do
                local size = struct.unpack('>I4', ARGV[i + 2], 21) - tonumber(ARGV[i + 3])
                used = used + size
                if size > 0 and used > limit then return {1, before} end
              end
            end
            local fresh = 1 - redis.call('EXISTS', KEYS[1])
            if fresh == 1 then redis.call('PERSIST', KEYS[2]) end
            local now = redis.call('TIME')
            local time = struct.pack('>I8', now[1] * 1000000 + now[2])
            local all = tonumber(redis.call('HGET', KEYS[2], 'f') or '0')
            local due = tonumber(redis.call('HGET', KEYS[1], 'd') or '9e18')
            local first = due
            local bytes, entries, sums, counts, freed = 0, 0, {}, {}, {}
            local answer = {2, before, time, fresh}
            for i = 3, #ARGV, 4 do
              local part = ARGV[i + 2]
              local size = struct.unpack('>I4', part, 21)
              local namespace = string.sub(part, 34, 33 + string.byte(part, 33))
              local member = string.sub(part, 1, 16) .. time .. string.sub(part, 17)
              redis.call('ZADD', KEYS[tonumber(ARGV[i]) + 2], ARGV[i + 1], member)
              first = math.min(first, tonumber(ARGV[i + 1]))
              bytes = bytes + size
              entries = entries + 1
              sums[namespace] = (sums[namespace] or 0) + size
              counts[namespace] = (counts[namespace] or 0) + 1
              if not freed[namespace] then
                freed[namespace] = math.max(all, tonumber(redis.call('HGET', KEYS[2], 'f:' .. namespace) or '0'))
              end
              answer[#answer + 1] = freed[namespace]
            end
            redis.call('HINCRBY', KEYS[1], 'b', bytes)
            redis.call('HINCRBY', KEYS[1], 'n', entries)
            for namespace, sum in pairs(sums) do
              redis.call('HINCRBY', KEYS[1], 'b:' .. namespace, sum)
              redis.call('HINCRBY', KEYS[1], 'n:' .. namespace, counts[namespace])
            end
            if first < due then redis.call('HSET', KEYS[1], 'd', string.format('%.0f', first)) end
            return answer
            """);

    /**
     * Takes members out of the index and off the sums, but those that a removal took off already.
     *
     * <p>Keys: usage, removals, then sorted sets. Arguments: for each member which sorted set, and itself. Answers
     * {used after, how many were there}.
     */
    static final Script DROP = new Script("""
            local all = tonumber(redis.call('HGET', KEYS[2], 'f') or '0')
            local freed, there = {}, 0
            for i = 1, #ARGV, 2 do
              local member = ARGV[i + 1]
              if redis.call('ZREM', KEYS[tonumber(ARGV[i]) + 2], member) == 1 then
                there = there + 1
                local size = struct.unpack('>I4', member, 29)
                local stamp = struct.unpack('>I8', member, 33)
                local namespace = string.sub(member, 42, 41 + string.byte(member, 41))
                if not freed[namespace] then
                  freed[namespace] = math.max(all, tonumber(redis.call('HGET', KEYS[2], 'f:' .. namespace) or '0'))
                end
                if stamp >= freed[namespace] then
                  redis.call('HINCRBY', KEYS[1], 'b', 0 - size)
                  redis.call('HINCRBY', KEYS[1], 'n', -1)
                  redis.call('HINCRBY', KEYS[1], 'b:' .. namespace, 0 - size)
                  redis.call('HINCRBY', KEYS[1], 'n:' .. namespace, -1)
                end
              end
            end
            return {tonumber(redis.call('HGET', KEYS[1], 'b') or '0'), there}
            """);

    /**
     * Writes or deletes an entry under a condition.
     *
     * <p>Key: the entry. Arguments: the condition ({@code *} always, {@code a} absent, {@code p} present, {@code v}
     * and a version's 8 bytes, {@code w} and the 12 bytes that name a write), the instant, the stamp below which what
     * is there was removed, the name of a write that is known to be removed or nothing; then to write it the value,
     * until when it is kept, and after how many milliseconds its writer has given it up; or to delete it the name of
     * the write that was found there, or nothing where any may be. Answers {0: the condition did not hold, 1: done and
     * nothing live was there, 2: done and something live was, 3: not done, since it comes too late, then what was there
     * by its first bytes}.
     *
     * <p>Too late comes what lay somewhere on its way until its caller had given it up and may have done something
     * else: a write that finds one there that was taken into the index after it, or was so 20 s ago, when it may be out
     * of the index again; a deletion that does not find what it is to delete.
     */
    static final Script WRITE = new Script("""
            local old = redis.call('GETRANGE', KEYS[1], 0, 112)
            local there = #old >= 49
            local live = there and struct.unpack('>I8', old, 25) > tonumber(ARGV[2])
              and struct.unpack('>I8', old, 17) >= tonumber(ARGV[3]) and string.sub(old, 1, 12) ~= ARGV[4]
            local kind = string.sub(ARGV[1], 1, 1)
            local writes = #ARGV == 7
            if writes and kind ~= 'w' then
              local now = redis.call('TIME')
              local taken = struct.unpack('>I8', ARGV[5], 1)
              local age = now[1] * 1000000 + now[2] - taken
              local replaced = there and struct.unpack('>I8', old, 1) > taken
              if age > 20000000 or replaced and age > 1000 * tonumber(ARGV[7]) then return {3, old} end
            elseif #ARGV == 5 and string.sub(old, 1, 12) ~= ARGV[5] then
              return {3, old}
            end
            local holds = kind == '*'
              or kind == 'a' and not live
              or kind == 'p' and live
              or kind == 'v' and live and string.sub(old, 33, 40) == string.sub(ARGV[1], 2)
              or kind == 'w' and there and string.sub(old, 1, 12) == string.sub(ARGV[1], 2)
            if not holds then return {0, old} end
            if writes then
              redis.call('SET', KEYS[1], ARGV[5], 'PXAT', ARGV[6])
            else
              redis.call('DEL', KEYS[1])
            end
            return {live and 2 or 1, old}
            """);

    /**
     * Writes entries of a namespace where everything of their tenant lies in one server: each under its condition and
     * within the limit, one after another, with index and sums.
     *
     * <p>Keys: usage, removals, tenants, then sorted sets, then entries. Arguments: the latest removal that is known,
     * the limit (-1: none), the instant, the tenant, the server's time after which nobody waits for it, the namespace
     * with its length before it, the stamp below which what is there was removed, until when the first of them is kept,
     * then for each entry its terms, its member, until when it is kept, and its value. Terms are its sorted set's place
     * among the keys (a byte), the condition as for {@link #WRITE}, and the name of a write that is known to be
     * removed, or nothing. Answers {0 where another removal is the latest, 2 where it comes too late, else 1; the
     * server's time; then for each entry 0: the condition did not hold, 1: done and nothing live was there, 2: done and
     * something live was, 3: the limit is met; and what is used after it}.
     *
     * <p>Lua hashes each byte of each text that it makes: a value is handed on as it came.
     */
    static final Script PUT = new Script("""
            local call, sub, byte, unpack = redis.call, string.sub, string.byte, struct.unpack
            local now = call('TIME')
            local micros = now[1] * 1000000 + now[2]
            if micros > tonumber(ARGV[5]) then return {2, micros} end
            local in_member = ARGV[6]
            local namespace = sub(in_member, 2)
            local removals = call('HMGET', KEYS[2], 'n', 'f', 'f:' .. namespace)
            if (removals[1] or '0') ~= ARGV[1] then return {0, micros} end
            local freed = math.max(tonumber(removals[2] or '0'), tonumber(removals[3] or '0'))
            local sums = call('HMGET', KEYS[1], 'b', 'n', 'b:' .. namespace, 'n:' .. namespace, 'd')
            local limit, instant, below = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[7])
            local before = tonumber(sums[1] or '0')
            local used, added, wrote = before, 0, false
            local entries = (#ARGV - 8) / 4
            local keys = #KEYS - entries
            local answer = {1, micros}
            for i = 1, entries do
              local key, terms, member = KEYS[keys + i], ARGV[5 + 4 * i], ARGV[6 + 4 * i]
              local old = call('GETRANGE', key, 0, 112)
              local there, held, stamp, expires, live = #old >= 49, 0, 0, 0, false
              local place, kind = byte(terms, 1, 2)
              if there then
                held, stamp, expires = unpack('>I4I8I8', old, 13)
                local dead = sub(terms, kind == 118 and 11 or 3)
                live = expires > instant and stamp >= below and (dead == '' or sub(old, 1, 12) ~= dead)
              end
              local outcome = 0
              if kind == 42 or kind == 97 and not live or kind == 112 and live
                or kind == 118 and live and sub(old, 33, 40) == sub(terms, 3, 10) then
                local set, size, more = KEYS[place], (unpack('>I4', member, 29)), 1
                local replaced
                if there then
                  replaced = sub(member, 1, 16) .. sub(old, 1, 24) .. in_member
                  local tags = byte(old, 49)
                  if tags > 0 then replaced = replaced .. sub(old, 50, 49 + 4 * tags) end
                end
                local counted = there and stamp >= freed
                local room = limit < 0 or used + size <= limit
                if not room and counted and call('ZSCORE', set, replaced) then
                  room = size <= held or used + size - held <= limit
                end
                outcome = 3
                if room then
                  if there and call('ZREM', set, replaced) == 1 and counted then
                    size, more = size - held, 0
                  end
                  local kept = ARGV[7 + 4 * i]
                  call('ZADD', set, kept, member)
                  call('SET', key, ARGV[8 + 4 * i], 'PXAT', kept)
                  used, added = used + size, added + more
                  outcome, wrote = live and 2 or 1, true
                end
              end
              answer[2 * i + 1], answer[2 * i + 2] = outcome, used
            end
            if not wrote then return answer end
            if not sums[1] then
              call('PERSIST', KEYS[2])
              call('SADD', KEYS[3], ARGV[4])
            end
            local function sum(value, change) return string.format('%.0f', tonumber(value or '0') + change) end
            local due = ARGV[8]
            if sums[5] and tonumber(sums[5]) <= tonumber(due) then due = sums[5] end
            call('HSET', KEYS[1], 'b', sum(sums[1], used - before), 'n', sum(sums[2], added),
              'b:' .. namespace, sum(sums[3], used - before), 'n:' .. namespace, sum(sums[4], added), 'd', due)
            return answer
            """);

    /**
     * Deletes an entry where everything of its tenant lies in one server, with index and sums.
     *
     * <p>Keys: usage, removals, its sorted set, the entry. Arguments: the instant, the stamp below which what is there
     * was removed, the server's time after which nobody waits for it, the hash (16 bytes), the namespace with its
     * length before it, and as terms the condition as for {@link #WRITE} and the name of a write that is known to be
     * removed, or nothing. Answers {2 where it comes too late, else 1; the server's time; 0: the condition did not
     * hold, 1: nothing live was there, 2: deleted; what is used after it}.
     */
    static final Script DELETE = new Script("""
            local now = redis.call('TIME')
            local micros = now[1] * 1000000 + now[2]
            if micros > tonumber(ARGV[3]) then return {2, micros} end
            local old = redis.call('GETRANGE', KEYS[4], 0, 112)
            local there, held, stamp, expires, live = #old >= 49, 0, 0, 0, false
            local kind = string.byte(ARGV[6], 1)
            if there then
              held, stamp, expires = struct.unpack('>I4I8I8', old, 13)
              local dead = string.sub(ARGV[6], kind == 118 and 10 or 2)
              live = expires > tonumber(ARGV[1]) and stamp >= tonumber(ARGV[2])
                and (dead == '' or string.sub(old, 1, 12) ~= dead)
            end
            local used, outcome = redis.call('HGET', KEYS[1], 'b'), 0
            if kind == 42 or kind == 97 and not live or kind == 112 and live
              or kind == 118 and live and string.sub(old, 33, 40) == string.sub(ARGV[6], 2, 9) then
              outcome = live and 2 or 1
              if there then
                local namespace = string.sub(ARGV[5], 2)
                local removals = redis.call('HMGET', KEYS[2], 'f', 'f:' .. namespace)
                local freed = math.max(tonumber(removals[1] or '0'), tonumber(removals[2] or '0'))
                local member = ARGV[4] .. string.sub(old, 1, 24) .. ARGV[5]
                  .. string.sub(old, 50, 49 + 4 * string.byte(old, 49))
                redis.call('DEL', KEYS[4])
                if redis.call('ZREM', KEYS[3], member) == 1 and stamp >= freed then
                  used = redis.call('HINCRBY', KEYS[1], 'b', 0 - held)
                  redis.call('HINCRBY', KEYS[1], 'n', -1)
                  redis.call('HINCRBY', KEYS[1], 'b:' .. namespace, 0 - held)
                  redis.call('HINCRBY', KEYS[1], 'n:' .. namespace, -1)
                end
              end
            end
            return {1, micros, outcome, tonumber(used or '0')}
            """);

    /** Deletes an entry whose value ends with these bytes; answers with what was there by its first bytes. */
    static final Script DISCARD = new Script("""
            local value = redis.call('GET', KEYS[1])
            if not value or string.sub(value, -#ARGV[1]) ~= ARGV[1] then return {} end
            redis.call('DEL', KEYS[1])
            return {string.sub(value, 1, 113)}
            """);

    /**
     * A removal of many: takes the next number and keeps it with its scope.
     *
     * <p>Numbers are the server's time in microseconds, or one more than the last one: so they go on from where they
     * were, even where a failover or a restart lost the last ones, while entries stamped with those are still there.
     *
     * <p>Keys: removals, usage. Arguments: the scope, {@code r} to remove or {@code s} to make stale, the instant, and
     * what is taken off the sums: a namespace, {@code *} for all, or nothing. Answers {number, entries taken off the
     * sums, then all fields and values of the removals}.
     */
    static final Script REMOVE = new Script("""
            local now = redis.call('TIME')
            local micros = now[1] * 1000000 + now[2]
            local number = math.max(micros, 1 + tonumber(redis.call('HGET', KEYS[1], 'n') or '0'))
            local change = math.max(micros, 1 + tonumber(redis.call('HGET', KEYS[1], 'v') or '0'))
            local text = string.format('%.0f', number)
            redis.call('HSET', KEYS[1], 'n', text, 'v', string.format('%.0f', change))
            redis.call('PERSIST', KEYS[1])
            local field = 'm' .. ARGV[1]
            local old = redis.call('HGET', KEYS[1], field) or '0 0 0 0'
            local removed, freed, staled, since = string.match(old, '^(%d+) (%d+) (%d+) (%d+)$')
            local namespace, entries = ARGV[4], 0
            if ARGV[2] == 'r' then
              removed = text
              if namespace ~= '' then freed = text end
            else
              since = staled == '0' and ARGV[3] or string.format('%.0f', math.min(tonumber(since), tonumber(ARGV[3])))
              staled = text
            end
            redis.call('HSET', KEYS[1], field, removed .. ' ' .. freed .. ' ' .. staled .. ' ' .. since)
            if ARGV[2] == 'r' and namespace == '*' then
              entries = tonumber(redis.call('HGET', KEYS[2], 'n') or '0')
              for _, sum in ipairs(redis.call('HKEYS', KEYS[2])) do
                if sum ~= 'd' and sum ~= 'x' then redis.call('HDEL', KEYS[2], sum) end
              end
              redis.call('HSET', KEYS[1], 'f', text)
            elseif ARGV[2] == 'r' and namespace ~= '' then
              entries = tonumber(redis.call('HGET', KEYS[2], 'n:' .. namespace) or '0')
              redis.call('HINCRBY', KEYS[2], 'n', 0 - entries)
              redis.call('HINCRBY', KEYS[2], 'b', 0 - tonumber(redis.call('HGET', KEYS[2], 'b:' .. namespace) or '0'))
              redis.call('HDEL', KEYS[2], 'n:' .. namespace, 'b:' .. namespace)
              redis.call('HSET', KEYS[1], 'f:' .. namespace, text)
            end
            return {number, entries, redis.call('HGETALL', KEYS[1])}
            """);

    /**
     * Forgets a scope of which nothing is left, and where nothing is left of the tenant either, all of its removals in
     * a year. Keys: removals, usage. Arguments: the scope, the number of its latest removal. Answers {1, then all
     * fields and values of the removals}, or {0} where a later removal came.
     */
    static final Script FORGET = new Script("""
            local field = 'm' .. ARGV[1]
            local mark = redis.call('HGET', KEYS[1], field)
            if mark then
              local removed, _, staled = string.match(mark, '^(%d+) (%d+) (%d+) (%d+)$')
              if math.max(tonumber(removed), tonumber(staled)) ~= tonumber(ARGV[2]) then return {0} end
              redis.call('HDEL', KEYS[1], field)
              redis.call('HINCRBY', KEYS[1], 'v', 1)
              if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('PEXPIRE', KEYS[1], 31622400000) end
              if tonumber(redis.call('HGET', KEYS[1], 'g') or '0') < tonumber(ARGV[2]) then
                redis.call('HSET', KEYS[1], 'g', ARGV[2])
              end
            end
            return {1, redis.call('HGETALL', KEYS[1])}
            """);

    /**
     * Some members of a sorted set. Key: it. Arguments: where to go on (0 to begin), about how many to look at, a
     * namespace or nothing, a tag's digest or nothing, the stamp below which they are wanted. Answers {where to go on
     * (0: that was all), the server's time, members}. What is there all along is answered at least once.
     */
    static final Script WALK = new Script("""
            local some = redis.call('ZSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
            local below = tonumber(ARGV[5])
            local now = redis.call('TIME')
            local answer = {some[1], now[1] * 1000000 + now[2]}
            for i = 1, #some[2], 2 do
              local member = some[2][i]
              local after = 42 + string.byte(member, 41)
              local wanted = struct.unpack('>I8', member, 33) < below
                and (ARGV[3] == '' or string.sub(member, 42, after - 1) == ARGV[3])
              if wanted and ARGV[4] ~= '' then
                wanted = false
                for at = after, #member, 4 do
                  wanted = wanted or string.sub(member, at, at + 3) == ARGV[4]
                end
              end
              if wanted then answer[#answer + 1] = member end
            end
            return answer
            """);

    /**
     * Members that are not kept any more. Keys: usage, then all sorted sets. Arguments: the instant, how many at most.
     * Notes when the next one ends. Answers {the server's time, members}.
     */
    static final Script DUE = new Script("""
            local now = redis.call('TIME')
            local answer = {now[1] * 1000000 + now[2]}
            local most = tonumber(ARGV[2])
            local first = nil
            for i = 2, #KEYS do
              if #answer <= most then
                local some = redis.call('ZRANGEBYSCORE', KEYS[i], '-inf', ARGV[1], 'LIMIT', 0, most - #answer + 1)
                for _, member in ipairs(some) do answer[#answer + 1] = member end
              end
              local lowest = redis.call('ZRANGE', KEYS[i], 0, 0, 'WITHSCORES')
              if lowest[2] and (not first or tonumber(lowest[2]) < first) then first = tonumber(lowest[2]) end
            end
            if first then
              redis.call('HSET', KEYS[1], 'd', string.format('%.0f', first))
            else
              redis.call('HDEL', KEYS[1], 'd')
            end
            return answer
            """);

    /**
     * Permits of a tenant's bucket. Kept are how much of the minute is used ({@code u}, in microseconds, so that a new
     * limit leaves it the share of the minute that it was), the instant of that ({@code a}), and when each node was
     * last here ({@code n} and its name). A clock that goes back, as after a failover, refills nothing.
     *
     * <p>Key: the bucket. Arguments: permits in a minute, permits owed, permits wanted, the node's name. Answers
     * {1: what was wanted was taken, nanoseconds until it is full, nodes of the last minute}.
     */
    static final Script PERMITS = new Script("""
            local minute = 60000000
            local time = redis.call('TIME')
            local now = time[1] * 1000000 + time[2]
            local used, nodes, gone = 0, 1, {}
            local fields = redis.call('HGETALL', KEYS[1])
            local at = now
            for i = 1, #fields, 2 do
              local field, value = fields[i], tonumber(fields[i + 1])
              if field == 'u' then
                used = value
              elseif field == 'a' then
                at = value
              elseif field ~= 'n' .. ARGV[4] then
                if now - value > minute then gone[#gone + 1] = field else nodes = nodes + 1 end
              end
            end
            local price = minute / tonumber(ARGV[1])
            used = math.max(0, math.max(0, used - math.max(0, now - at)) + tonumber(ARGV[2]) * price)
            local granted = 0
            local after = used + tonumber(ARGV[3]) * price
            if after <= minute + price / 1000 then
              granted = 1
              used = after
            end
            if #gone > 0 then redis.call('HDEL', KEYS[1], unpack(gone)) end
            redis.call('HSET', KEYS[1], 'u', string.format('%.6f', used), 'a', string.format('%.0f', now),
              'n' .. ARGV[4], string.format('%.0f', now))
            redis.call('PEXPIRE', KEYS[1], 120000)
            return {granted, math.ceil(used * 1000), nodes}
            """);

    /**
     * Has a lease last so long from now, or no longer. Key: the lease. Arguments: who holds it, milliseconds. Answers
     * {1} or, where another does or it has ended, {0}.
     */
    static final Script LAST = new Script("""
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {0} end
            return {redis.call('PEXPIRE', KEYS[1], ARGV[2])}
            """);

    /** All of them. */
    static final List<Script> ALL =
            List.of(ADD, DROP, WRITE, PUT, DELETE, DISCARD, REMOVE, FORGET, WALK, DUE, PERMITS, LAST);

    private Scripts() {}
}
