// MongoDB, if it is configured: the client, its pool's numbers, a bounded ping.

import { connect } from './connect.js';

const SELECTION_TIMEOUT_MS = 2_000;
const PING_TIMEOUT_MS = 1_000;
const POOL_LOG_EVERY_MS = 60_000;

function watchPool(client, pool) {
  client.on('connectionCreated', () => { pool.size += 1; });
  client.on('connectionClosed', () => { pool.size -= 1; });
  client.on('connectionCheckedOut', () => { pool.checkedOut += 1; });
  client.on('connectionCheckedIn', () => { pool.checkedOut -= 1; });
}

function logPool(log, pool) {
  const line = () => log.info('connection pool', { ...pool });
  line();
  return setInterval(line, POOL_LOG_EVERY_MS).unref();
}

/** {db, pool, ping, close}; `db` is undefined if no MongoDB is configured. Does not wait for a connection. */
export async function createDatabase(config, log) {
  const pool = { size: 0, checkedOut: 0, max: config.maxPoolSize };
  if (!config.mongodbUri) return { db: undefined, pool, ping: undefined, close: async () => {} };
  // Loaded only when needed: it is most of the start-up time and a third of the memory.
  const { MongoClient } = await import('mongodb');
  const client = new MongoClient(config.mongodbUri, {
    appName: `merchant-backend ${config.version}`,
    maxPoolSize: config.maxPoolSize,
    minPoolSize: config.minPoolSize,
    serverSelectionTimeoutMS: SELECTION_TIMEOUT_MS,
  });
  watchPool(client, pool);
  const ending = new AbortController();
  connect(client, { report: (error) => log.warn('MongoDB does not answer', { error: error.message }), signal: ending.signal });
  const timer = logPool(log, pool);
  const db = client.db();
  return {
    db,
    pool,
    ping: () => db.command({ ping: 1 }, { timeoutMS: PING_TIMEOUT_MS }),
    close: async () => {
      clearInterval(timer);
      ending.abort();
      await client.close();
    },
  };
}
