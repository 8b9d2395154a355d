// The first connection to a dependency that starts later than the API.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { connect } from '../connect.js';

function failing(times, afterEach = () => {}) {
  let left = times;
  return {
    connect: async () => {
      if (left === 0) return 'connected';
      left -= 1;
      afterEach();
      throw new Error(`${left} to go`);
    },
  };
}

test('it is tried again until it answers, and each failure is told', async () => {
  const told = [];
  const report = (error) => told.push(error.message);
  const keepAlive = setInterval(() => {}, 10); // a waiting connection alone keeps no process up
  assert.equal(await connect(failing(2), { report, signal: new AbortController().signal, retryMs: 1 }), 'connected');
  clearInterval(keepAlive);
  assert.deepEqual(told, ['1 to go', '0 to go']);
});

test('a process that ends stops trying', async () => {
  const ending = new AbortController();
  const keepAlive = setInterval(() => {}, 10);
  await connect(failing(9, () => ending.abort()), { report: () => {}, signal: ending.signal, retryMs: 1 });
  clearInterval(keepAlive);
});
