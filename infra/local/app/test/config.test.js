// Configuration and secrets: what is refused, where values come from, what never gets printed.

import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { readConfig } from '../config.js';
import { requireSecrets } from '../faults.js';
import { createLog } from '../log.js';
import { secret } from '../secrets.js';

const NOWHERE = { SECRETS_DIR: '/nowhere' };

test('the defaults are the runbook\'s', () => {
  const config = readConfig(NOWHERE);
  assert.equal(config.port, 3000);
  assert.equal(config.maxPoolSize, 50);
  assert.equal(config.minPoolSize, 10);
});

test('a value that cannot work is refused with its name and what is accepted', () => {
  assert.throws(() => readConfig({ ...NOWHERE, PORT: 'http' }), /PORT=http: expected a whole number/);
  assert.throws(() => readConfig({ ...NOWHERE, FAULT: 'sleepy' }), /FAULT=sleepy: expected one of crash, /);
  assert.throws(() => readConfig({ ...NOWHERE, MONGODB_MIN_POOL_SIZE: '60' }), /MONGODB_MIN_POOL_SIZE=60: more than/);
});

test('a secret\'s file wins over the environment', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  writeFileSync(join(folder, 'REDIS_URL'), 'redis://from-file\n');
  assert.equal(secret('REDIS_URL', { SECRETS_DIR: folder, REDIS_URL: 'redis://from-env' }), 'redis://from-file');
  assert.equal(secret('REDIS_URL', { ...NOWHERE, REDIS_URL: 'redis://from-env' }), 'redis://from-env');
});

test('logs hold no secret value and no password of an address', () => {
  const lines = [];
  secret('MONGODB_URI', { ...NOWHERE, MONGODB_URI: 'mongodb://rez:p%40ss"word@db/rez' });
  createLog('info', (line) => lines.push(line)).info('cannot reach mongodb://rez:p%40ss"word@db/rez', { detail: 'p@ss"word was refused' });
  assert.deepEqual(Object.values(JSON.parse(lines[0])).slice(2), ['cannot reach [secret]', '[secret] was refused']);
});

test('fault missing-key refuses to start without its secret', () => {
  assert.throws(() => requireSecrets('missing-key', NOWHERE), /PAYMENT_KEY_V3 is missing/);
  requireSecrets('missing-key', { ...NOWHERE, PAYMENT_KEY_V3: 'present' });
  requireSecrets('', NOWHERE);
});
