import { createHash } from 'node:crypto';
import { nonceLength } from './nonce.js';
import { magic, numberLength, offsets, unplaced } from './stored-record.js';

/** A Lua script, and the hash by which a server that has run it before knows it. */
export interface Script {
  /** What it does, for error messages. */
  readonly name: string;
  readonly source: string;
  readonly sha1: string;
}

/** The arguments by which Lua's `string.sub` cuts out a field: it counts from 1 and includes the end. */
const range = (offset: number, length: number) => `${offset + 1}, ${offset + length}`;
const ranges = {
  expiresAt: range(offsets.expiresAt, numberLength),
  indexedUntil: range(offsets.indexedUntil, numberLength),
  mark: range(offsets.mark, nonceLength),
  placement: range(offsets.indexedUntil, numberLength + nonceLength),
  version: range(offsets.version, numberLength),
  versionAndWrite: range(offsets.version, numberLength + nonceLength),
  writes: range(offsets.writes, offsets.tail - offsets.writes),
  olderWrites: range(offsets.writes, offsets.tail - offsets.writes - nonceLength),
};

const zero = '0'.repeat(numberLength);

/** What each script that looks at a record begins with. `expiry` is nil for no value and for a foreign one. */
const prelude = `
local key = KEYS[1]
local sub = string.sub
local function expiry(head)
  if type(head) ~= 'string' or #head < ${offsets.tail} or sub(head, 1, ${magic.length}) ~= '${magic}' then return nil end
  return tonumber(sub(head, ${ranges.expiresAt}))
end
local function wrote(head, nonce)
  return string.find(sub(head, ${ranges.writes}), nonce, 1, true) ~= nil
end
`;

const readHead = (call: 'call' | 'pcall') => `redis.${call}('GETRANGE', key, 0, ${offsets.tail - 1})`;

function script(name: string, source: string): Script {
  return { name, source, sha1: createHash('sha1').update(source).digest('hex') };
}

/** Replies with the value, for clients whose plain GET may go to a replica. */
export const readScript = script('read', `return redis.call('GET', KEYS[1])`);

/** Arguments: now, nonce, value, ttl. Replies 1 for created, 0 for exists. */
export const createScript = script(
  'create',
  `${prelude}
local now, nonce, value, ttl = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]
if redis.call('SET', key, value, 'PX', ttl, 'NX') then return 1 end
local head = ${readHead('pcall')}
local expires = expiry(head)
if not expires then return 0 end
-- This very call has been here before, and its client sent it again. Whatever became of the record since then,
-- a destroy included, must stand.
if wrote(head, nonce) then return 1 end
if expires > now then return 0 end
redis.call('SET', key, value, 'PX', ttl)
return 1
`,
);

/**
 * Arguments: now, ifVersion, nonce, length of the subject's part, skew, value. Replies 1 for updated, 0 for gone, the
 * current value for a conflict, and a list of the current value when the subject's index must hold the session for
 * longer first.
 */
export const updateScript = script(
  'update',
  `${prelude}
local now, nonce, subjectLength, value = tonumber(ARGV[1]), ARGV[3], tonumber(ARGV[4]), ARGV[6]
local head = redis.call('GETRANGE', key, 0, ${offsets.tail - 1} + subjectLength)
local expires = expiry(head)
if not expires or expires <= now then return 0 end
if tonumber(sub(head, ${ranges.version})) ~= tonumber(ARGV[2]) then
  if wrote(head, nonce) then return 1 end
  return redis.call('GET', key)
end
local expiresAt = sub(value, ${ranges.expiresAt})
if tonumber(expiresAt) < expires then expiresAt = sub(head, ${ranges.expiresAt}) end
expires = tonumber(expiresAt)
local placement = '${zero}${unplaced.mark}'
if subjectLength > 1 then
  local same = sub(head, ${offsets.tail + 1}) == sub(value, ${offsets.tail + 1}, ${offsets.tail} + subjectLength)
  if same and tonumber(sub(head, ${ranges.indexedUntil})) >= expires then
    placement = sub(head, ${ranges.placement})
  elseif tonumber(sub(value, ${ranges.indexedUntil})) >= expires then
    placement = sub(value, ${ranges.placement})
  else
    return { redis.call('GET', key) }
  end
end
-- Setting the value as it came and its fields after that spares a copy of the body.
redis.call('SET', key, value, 'PX', expires - now + tonumber(ARGV[5]))
local fields = expiresAt .. placement .. sub(value, ${ranges.versionAndWrite}) .. sub(head, ${ranges.olderWrites})
redis.call('SETRANGE', key, ${offsets.expiresAt}, fields)
return 1
`,
);

/**
 * Arguments: now, expiresAt, skew, indexedUntil, mark, the mark that these two replace. Replies 1 for touched,
 * 0 for gone, and a list of the current value when the subject's index must hold the session for longer first.
 */
export const touchScript = script(
  'touch',
  `${prelude}
local now, expiresAt = tonumber(ARGV[1]), tonumber(ARGV[2])
local head = ${readHead('call')}
local expires = expiry(head)
if not expires or expires <= now then return 0 end
if expiresAt <= expires then return 1 end
local fields = ARGV[2]
local indexedUntil = tonumber(sub(head, ${ranges.indexedUntil}))
if indexedUntil > 0 and indexedUntil < expiresAt then
  -- Another mark than the caller saw may mean another subject, whose index the caller has not written.
  if sub(head, ${ranges.mark}) ~= ARGV[6] then return { redis.call('GET', key) } end
  fields = fields .. ARGV[4] .. ARGV[5]
end
-- In this order, since a server that is out of memory lets a script go on that has begun to write.
redis.call('PEXPIRE', key, expiresAt - now + tonumber(ARGV[3]))
redis.call('SETRANGE', key, ${offsets.expiresAt}, fields)
return 1
`,
);

/**
 * Arguments: how long a client may take to send a create or update again, in ms. Replies with the value up to its
 * body when the subject's index has an entry to remove, else 0.
 */
export const destroyScript = script(
  'destroy',
  `${prelude}
local head = ${readHead('pcall')}
local expires = expiry(head)
if not expires then
  redis.call('DEL', key)
  return 0
end
if expires == 0 then return 0 end
local reply = 0
if tonumber(sub(head, ${ranges.indexedUntil})) > 0 then
  local value = redis.call('GET', key)
  reply = sub(value, 1, string.find(value, '\\n', ${offsets.tail + 1}, true))
end
-- In this order, since a server that is out of memory lets a script go on that has begun to write.
redis.call('DEL', key)
local fields = '${zero}${zero}${unplaced.mark}${zero}' .. sub(head, ${ranges.writes})
redis.call('SET', key, '${magic}' .. fields .. '\\n', 'PX', ARGV[1])
return reply
`,
);

/** Arguments: until, member, the time before which entries are of no use any more, now, skew. */
export const indexAddScript = script(
  'index add',
  `
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if last[2] then redis.call('PEXPIRE', KEYS[1], tonumber(last[2]) - tonumber(ARGV[4]) + tonumber(ARGV[5])) end
return 1
`,
);

/** Arguments: the time before which entries are of no use any more. Replies with the members. */
export const indexListScript = script(
  'index list',
  `
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
return redis.call('ZRANGE', KEYS[1], 0, -1)
`,
);

/** Arguments: the member. */
export const indexRemoveScript = script('index remove', `return redis.call('ZREM', KEYS[1], ARGV[1])`);
