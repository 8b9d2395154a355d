// Migrations run once each, in order.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createLog } from '../log.js';
import { MIGRATIONS, migrate } from '../migrate.js';

function memoryDatabase() {
  const done = [];
  const collections = {
    merchants: { createIndex: async () => {} },
    migrations: { find: () => ({ toArray: async () => done.map((_id) => ({ _id })) }), updateOne: async ({ _id }) => done.push(_id) },
  };
  return { collection: (name) => collections[name] };
}

test('a second run applies nothing', async () => {
  const db = memoryDatabase();
  const log = createLog('error', () => {});
  assert.deepEqual(await migrate(db, log), MIGRATIONS.map(({ id }) => id));
  assert.deepEqual(await migrate(db, log), []);
});
