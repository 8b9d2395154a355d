// Run by Node.js in a pod of the API, with its connection: get KEY | put COUNT | count COUNT | write.

import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '/app/config.js';

const SHARDS = ['{a}', '{b}', '{c}']; // slots 15495, 3300, 7365: one of each third
const PATIENCE_MS = 60_000;

function connection() {
  const { createCluster } = createRequire('/app/server.js')('@redis/client');
  const { redisUrl, redisAuthority } = readConfig();
  const { username, password } = new URL(redisUrl);
  const socket = { tls: true, ca: redisAuthority, connectTimeout: 1_000 };
  const defaults = { username, password: decodeURIComponent(password), socket, disableOfflineQueue: true, commandOptions: { timeout: 1_000 } };
  const client = createCluster({ rootNodes: [{ url: redisUrl }], defaults });
  for (const event of ['error', 'node-error']) client.on(event, () => {});
  return client;
}

async function patiently(task) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await task();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
}

async function writeTo(client, shard, stop) {
  const found = { acknowledged: [], refused: 0, gap: { after: Date.now(), ms: 0 } };
  let last = Date.now();
  for (let n = 0; !stop.aborted; n += 1) {
    const key = `written:${shard}:${n}`;
    try {
      await client.set(key, n);
      const at = Date.now();
      if (at - last > found.gap.ms) found.gap = { after: last, ms: at - last };
      last = at;
      found.acknowledged.push({ key, at });
    } catch {
      found.refused += 1;
      await sleep(20);
    }
  }
  return found;
}

// How many acknowledged writes are gone, and how long before their shard's silence the oldest of them was made.
async function losses(client, { acknowledged, refused, gap }) {
  const lost = [];
  for (const { key, at } of acknowledged) {
    if (await patiently(() => client.get(key)) === null) lost.push(at);
    else await patiently(() => client.del(key));
  }
  const oldest = lost.length ? gap.after - Math.min(...lost) : 0;
  return { acknowledged: acknowledged.length, refused, silent_s: gap.ms / 1000, lost: lost.length, oldest_lost_s: oldest / 1000 };
}

async function write(client) {
  const stop = new AbortController();
  const writers = SHARDS.map((shard) => writeTo(client, shard, stop.signal));
  console.log('writing');
  await once(process.stdin.resume(), 'end');
  stop.abort();
  const found = [];
  for (const each of await Promise.all(writers)) found.push(await losses(client, each));
  return found;
}

const kept = (count) => Array.from({ length: Number(count) }, (_, n) => `kept:${n}`);
const COMMANDS = {
  get: (client, key) => patiently(() => client.get(key)),
  put: async (client, count) => { for (const key of kept(count)) await patiently(() => client.set(key, key)); },
  count: async (client, count) => {
    let found = 0;
    for (const key of kept(count)) found += await patiently(() => client.get(key)) === key;
    return found;
  },
  write,
};

const [command, ...args] = process.argv.slice(1);
const client = connection();
await patiently(() => client.connect());
console.log(JSON.stringify(await COMMANDS[command](client, ...args) ?? null));
client.destroy();
