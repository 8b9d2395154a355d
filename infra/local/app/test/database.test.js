// Connecting to a MongoDB that is not there yet.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { keepConnecting } from '../database.js';
import { createLog } from '../log.js';

const silent = createLog('error', () => {});

function clientThatFails(times) {
  const client = { asked: 0, connect: async () => {
    client.asked += 1;
    if (client.asked <= times) throw new Error('Server selection timed out after 2000 ms');
  } };
  return client;
}

test('a database that comes late is connected to', async () => {
  const client = clientThatFails(2);
  await keepConnecting(client, silent, new AbortController().signal, 1);
  assert.equal(client.asked, 3);
});

test('nothing is tried after the end', async () => {
  const ended = new AbortController();
  const client = clientThatFails(Infinity);
  const connecting = keepConnecting(client, silent, ended.signal, 1);
  ended.abort();
  await connecting;
  assert.equal(client.asked, 1);
});
