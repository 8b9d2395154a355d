// The graceful end: stop being ready, let the endpoints change, finish what is in flight, close.

import { setTimeout as sleep } from 'node:timers/promises';

const ACCEPTING_SHARE = 1 / 3;
const ACCEPTING_AT_MOST_MS = 5_000;
const CLOSING_RESERVE_MS = 500;

function closed(server) {
  return new Promise((resolve) => {
    server.close(resolve); // closes idle keep-alive connections as well
  });
}

/** Drains and resolves within `drainSeconds`; `lifecycle.draining` turns readiness off and keep-alive with it. */
export async function drain({ server, lifecycle, drainSeconds, closePools, log }) {
  const acceptingMs = Math.min(drainSeconds * 1_000 * ACCEPTING_SHARE, ACCEPTING_AT_MOST_MS);
  lifecycle.draining = true;
  log.info('draining', { drainSeconds });
  // Routers learn late that this pod is going: new connections are still served meanwhile.
  await sleep(acceptingMs);
  const deadline = new AbortController();
  const late = sleep(drainSeconds * 1_000 - acceptingMs - CLOSING_RESERVE_MS, 'late', { signal: deadline.signal }).catch(() => 'ended');
  const outcome = await Promise.race([closed(server), late]);
  deadline.abort();
  if (outcome === 'late') {
    log.warn('requests still in flight are cut off', { drainSeconds });
    server.closeAllConnections();
  }
  await Promise.race([closePools(), sleep(CLOSING_RESERVE_MS / 2)]);
  log.info('drained');
}
