// Redis, if it is configured: values that can be read again from MongoDB, so a failure here is never a request's failure.

import { connect } from './connect.js';

const TIME_TO_LIVE_S = 60;
const CONNECT_TIMEOUT_MS = 1_000;
const PROBE_KEY = 'merchant-backend:probe';
const ABSENT = Object.freeze({ get: async () => null, set: async () => {}, drop: async () => {}, ping: undefined, close: async () => {} });

function credentials({ redisUrl, redisAuthority }) {
  const { username, password, protocol } = new URL(redisUrl);
  return {
    username: decodeURIComponent(username) || undefined,
    password: decodeURIComponent(password) || undefined,
    socket: { connectTimeout: CONNECT_TIMEOUT_MS, tls: protocol === 'rediss:' || undefined, ca: redisAuthority || undefined },
  };
}

async function createClient(config) {
  const redis = await import('@redis/client');
  const once = { disableOfflineQueue: true, commandOptions: { timeout: CONNECT_TIMEOUT_MS } };
  const defaults = { ...credentials(config), ...once };
  if (!config.redisCluster) return redis.createClient({ url: config.redisUrl, ...defaults });
  // The other nodes of a cluster are found through the first one, and want the same credentials.
  return redis.createCluster({ rootNodes: [{ url: config.redisUrl }], defaults });
}

// The client tries again several times a second: one line for each outage is enough.
function reportOnce(client, log) {
  let reported = false;
  for (const event of ['ready', 'node-ready']) client.on(event, () => { reported = false; });
  return (error) => {
    if (!reported) log.warn('Redis does not answer', { error: error.message });
    reported = true;
  };
}

/** {get, set, drop, ping, close} on JSON values. Does not wait for a connection. */
export async function createCache(config, log) {
  if (!config.redisUrl) return ABSENT;
  const client = await createClient(config);
  const report = reportOnce(client, log);
  client.on('error', report);
  const ending = new AbortController();
  connect(client, { report, signal: ending.signal });
  const quietly = (task) => task.catch((error) => {
    report(error);
    return null;
  });
  return {
    get: async (key) => JSON.parse(await quietly(client.get(key))),
    set: (key, value) => quietly(client.set(key, JSON.stringify(value), { EX: TIME_TO_LIVE_S })),
    drop: (key) => quietly(client.del(key)),
    ping: () => client.get(PROBE_KEY),
    close: async () => {
      ending.abort();
      client.destroy();
    },
  };
}
