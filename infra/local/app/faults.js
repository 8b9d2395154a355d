// Misbehaviour on request, so that a rollout has something to catch. An image's tag decides which fault it has.

import { setTimeout as sleep } from 'node:timers/promises';

import { secret } from './secrets.js';

export const FAULTS = ['crash', 'errors', 'slow', 'leak', 'never-ready', 'missing-key', 'migration'];

const CRASH_AFTER_MS = 1_000;
const ERROR_EVERY = 5; // 20 % of the business requests, evenly spread, so that every sample shows them
const SLOW_MS = 1_500;
const LEAK_BYTES = 5 * 1024 * 1024;
const LEAK_EVERY_MS = 100;
const REQUIRED_BY_FAULT = 'PAYMENT_KEY_V3';

/** Throws if this version cannot start with the secrets it was given. */
export function requireSecrets(fault, env = process.env) {
  if (fault === 'missing-key' && !secret(REQUIRED_BY_FAULT, env)) {
    throw new Error(`required secret ${REQUIRED_BY_FAULT} is missing`);
  }
}

/** Whether this version may ever report itself ready. */
export function canBecomeReady(fault) {
  return fault !== 'crash' && fault !== 'never-ready';
}

/** Starts the faults that need no request. */
export function startFault(fault) {
  if (fault === 'crash') {
    setTimeout(() => {
      throw new TypeError("Cannot read properties of undefined (reading 'paymentProvider')");
    }, CRASH_AFTER_MS);
  }
  if (fault === 'leak') {
    const kept = [];
    // Off the heap, so that the container's memory limit ends it and not V8's heap cap.
    setInterval(() => kept.push(Buffer.alloc(LEAK_BYTES, 1)), LEAK_EVERY_MS).unref();
  }
}

/** Express middleware for the business routes. */
export function requestFault(fault) {
  let requests = 0;
  return async (_request, _response, next) => {
    requests += 1;
    if (fault === 'errors' && requests % ERROR_EVERY === 0) throw new Error('the payment provider answered nonsense');
    if (fault === 'slow') await sleep(SLOW_MS);
    next();
  };
}
