// What the environment decides, read once at start and checked before anything listens.

import { FAULTS } from './faults.js';
import { secret } from './secrets.js';

function wholeNumber(env, name, fallback, minimum) {
  const value = Number(env[name] ?? fallback);
  if (Number.isInteger(value) && value >= minimum) return value;
  throw new Error(`${name}=${env[name]}: expected a whole number, at least ${minimum}`);
}

function oneOf(env, name, fallback, allowed) {
  const value = env[name] || fallback;
  if (allowed.includes(value)) return value;
  throw new Error(`${name}=${value}: expected one of ${allowed.filter(Boolean).join(', ')}`);
}

/** The configuration; throws an Error that names the variable, its value and what is accepted. */
export function readConfig(env = process.env) {
  const config = {
    version: env.VERSION || 'unversioned',
    fault: oneOf(env, 'FAULT', '', ['', ...FAULTS]),
    port: wholeNumber(env, 'PORT', 3000, 0),
    logLevel: oneOf(env, 'LOG_LEVEL', 'info', ['debug', 'info', 'warn', 'error']),
    drainSeconds: wholeNumber(env, 'DRAIN_SECONDS', 15, 1),
    maxPoolSize: wholeNumber(env, 'MONGODB_MAX_POOL_SIZE', 50, 1),
    minPoolSize: wholeNumber(env, 'MONGODB_MIN_POOL_SIZE', 10, 0),
    mongodbUri: secret('MONGODB_URI', env),
    redisUrl: secret('REDIS_URL', env),
    redisAuthority: secret('REDIS_CA', env),
    redisCluster: oneOf(env, 'REDIS_CLUSTER', 'false', ['true', 'false']) === 'true',
  };
  if (config.minPoolSize > config.maxPoolSize) {
    throw new Error(`MONGODB_MIN_POOL_SIZE=${config.minPoolSize}: more than MONGODB_MAX_POOL_SIZE=${config.maxPoolSize}`);
  }
  return Object.freeze(config);
}
