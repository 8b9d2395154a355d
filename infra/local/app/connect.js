// A driver gives up after its first failure, and what it connects to may start after the API.

import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 1_000;

/** Connects `client` until that succeeds or `signal` is aborted; each failure goes to `report`. */
export async function connect(client, { report, signal, retryMs = RETRY_MS }) {
  while (!signal.aborted) {
    try {
      return await client.connect();
    } catch (error) {
      report(error);
      await sleep(retryMs, undefined, { ref: false });
    }
  }
}
