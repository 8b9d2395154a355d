// `npm run migrate`: brings the database's schema up to this version. Running it again changes nothing.

import { pathToFileURL } from 'node:url';

import { readConfig } from './config.js';
import { createLog } from './log.js';

export const MIGRATIONS = [
  { id: '001-merchants-by-name', up: (db) => db.collection('merchants').createIndex({ name: 1 }) },
];

/** Applies what is not applied yet, in order. Returns the ids applied now. */
export async function migrate(db, log) {
  const done = new Set((await db.collection('migrations').find().toArray()).map(({ _id }) => _id));
  const waiting = MIGRATIONS.filter(({ id }) => !done.has(id));
  for (const { id, up } of waiting) {
    await up(db);
    await db.collection('migrations').updateOne({ _id: id }, { $set: { appliedAt: new Date() } }, { upsert: true });
    log.info('migrated', { id });
  }
  return waiting.map(({ id }) => id);
}

async function main() {
  const config = readConfig();
  const log = createLog(config.logLevel);
  if (config.fault === 'migration') throw new Error('index merchants.name cannot be unique: two merchants have it');
  if (!config.mongodbUri) {
    log.info('no MongoDB is configured: nothing to migrate');
    return;
  }
  const { MongoClient } = await import('mongodb');
  const client = new MongoClient(config.mongodbUri, { maxPoolSize: 1, serverSelectionTimeoutMS: 10_000 });
  try {
    const applied = await migrate(client.db(), log);
    log.info('the schema is current', { applied: applied.length, known: MIGRATIONS.length });
  } finally {
    await client.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main().catch((error) => {
    createLog('error').error('migration failed', { error: error.message });
    process.exitCode = 1;
  });
}
