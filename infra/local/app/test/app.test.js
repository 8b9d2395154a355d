// The application's behaviour over real HTTP, without MongoDB or Redis.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';

import { createApp } from '../app.js';
import { createLog } from '../log.js';

const silent = createLog('error', () => {});
const absent = { db: undefined, pool: { size: 0, checkedOut: 0, max: 50 }, ping: undefined };

async function serve(t, parts = {}) {
  const app = createApp({
    version: 'v1', fault: '', lifecycle: { ready: true, draining: false }, database: absent, cache: { ping: undefined }, log: silent, ...parts,
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (path, options) => fetch(`http://127.0.0.1:${server.address().port}${path}`, options);
}

test('health tells the version and that nothing is configured', async (t) => {
  const get = await serve(t);
  const response = await get('/health');
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { status: 'ok', version: 'v1', dependencies: { mongodb: 'absent', redis: 'absent' } });
});

test('a failing dependency makes the pod unready and leaves it alive', async (t) => {
  const database = { ...absent, ping: () => Promise.reject(new Error('mongodb://rez:hunter2@db:27017 refused')) };
  const get = await serve(t, { database });
  const response = await get('/health');
  assert.equal(response.status, 503);
  assert.equal((await response.json()).dependencies.mongodb, 'error: mongodb://[secret]@db:27017 refused');
  assert.equal((await get('/health/live')).status, 200);
});

test('a draining pod is unready, still answers, and ends keep-alive', async (t) => {
  const get = await serve(t, { lifecycle: { ready: true, draining: true } });
  assert.equal((await get('/health')).status, 503);
  const response = await get('/');
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('connection'), 'close');
});

test('merchants without a database are refused with the reason', async (t) => {
  const get = await serve(t);
  const response = await get('/merchants/7');
  assert.equal(response.status, 503);
  assert.match((await response.json()).error, /MONGODB_URI/);
});

test('fault errors fails every fifth business request, on its own route, and no probe', async (t) => {
  const get = await serve(t, { fault: 'errors' });
  const statuses = [];
  for (let i = 0; i < 10; i += 1) statuses.push((await get('/')).status);
  assert.equal(statuses.filter((status) => status === 500).length, 2);
  assert.equal((await get('/health')).status, 200);
  const text = await (await get('/metrics')).text();
  assert.match(text, /http_requests_total\{method="GET",route="\/",status="500"\} 2/);
  assert.match(text, /http_request_errors_total\{method="GET",route="\/"\} 2/);
});

test('metrics count by pattern and not by path', async (t) => {
  const get = await serve(t);
  await get('/merchants/1');
  await get('/merchants/2');
  await get('/nowhere');
  const text = await (await get('/metrics')).text();
  assert.match(text, /http_requests_total\{method="GET",route="\/merchants\/:id",status="503"\} 2/);
  assert.match(text, /route="unmatched",status="404"\} 1/);
  assert.match(text, /mongodb_pool_max 50/);
  assert.match(text, /http_request_duration_seconds_bucket\{le="0.3"/);
});

test('docs name every route for people and for tools', async (t) => {
  const get = await serve(t);
  assert.match(await (await get('/docs')).text(), /\/merchants\/\{id\}/);
  const { paths } = await (await get('/docs/openapi.json')).json();
  assert.deepEqual(Object.keys(paths['/merchants/{id}']), ['get', 'put']);
});
