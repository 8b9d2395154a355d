// The process: configuration in, listening out, draining on SIGTERM.

import { createApp } from './app.js';
import { createCache } from './cache.js';
import { readConfig } from './config.js';
import { createDatabase } from './database.js';
import { drain } from './drain.js';
import { canBecomeReady, requireSecrets, startFault } from './faults.js';
import { createLog } from './log.js';

// Longer than load balancers keep idle connections, so that it is they who close them.
const KEEP_ALIVE_MS = 65_000;

function readOrExit() {
  try {
    const config = readConfig();
    requireSecrets(config.fault);
    return config;
  } catch (error) {
    createLog('error').error(`refusing to start: ${error.message}`);
    return process.exit(1);
  }
}

async function main() {
  const config = readOrExit();
  const log = createLog(config.logLevel);
  const lifecycle = { ready: canBecomeReady(config.fault), draining: false };
  const database = await createDatabase(config, log);
  const cache = await createCache(config, log);
  const app = createApp({ version: config.version, fault: config.fault, lifecycle, database, cache, log });
  const server = app.listen(config.port, (error) => {
    if (error) throw error;
    log.info('listening', { port: server.address().port, version: config.version, startMs: Math.round(performance.now()) });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  startFault(config.fault);

  const closePools = () => Promise.allSettled([database.close(), cache.close()]);
  const end = async () => {
    if (lifecycle.draining) return;
    await drain({ server, lifecycle, drainSeconds: config.drainSeconds, closePools, log });
    process.exit(0);
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

await main();
