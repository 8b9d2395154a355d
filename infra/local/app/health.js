// Readiness and liveness. Liveness never looks at MongoDB or Redis: their outage must not kill the fleet.

import { Router } from 'express';

import { redact } from './secrets.js';

const CHECK_TIMEOUT_MS = 1_500;

async function check(ping) {
  if (!ping) return 'absent';
  const late = new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`no answer in ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS).unref();
  });
  try {
    await Promise.race([ping(), late]);
    return 'ok';
  } catch (error) {
    return `error: ${redact(error.message)}`;
  }
}

function status({ ready, draining }, dependencies) {
  if (draining) return 'draining';
  if (!ready) return 'starting';
  return Object.values(dependencies).some((state) => state.startsWith('error')) ? 'unavailable' : 'ok';
}

/** Routes `/health` and `/health/live`. `lifecycle` is {ready, draining}. */
export function healthRoutes({ version, lifecycle, database, cache }) {
  const router = new Router();
  router.get('/health/live', (_request, response) => response.json({ status: 'ok', version }));
  router.get('/health', async (_request, response) => {
    const [mongodb, redis] = await Promise.all([check(database.ping), check(cache.ping)]);
    const answer = status(lifecycle, { mongodb, redis });
    response.status(answer === 'ok' ? 200 : 503).json({ status: answer, version, dependencies: { mongodb, redis } });
  });
  return router;
}
