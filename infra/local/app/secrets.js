// Secret values: read from files, else from the environment, and kept out of everything that is printed.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const seen = new Set();

function fromFile(name, env) {
  try {
    return readFileSync(join(env.SECRETS_DIR ?? '/var/run/rez/secrets', name), 'utf8').trim();
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '';
    throw error;
  }
}

/** The secret's value, or "" if it is not configured. */
export function secret(name, env = process.env) {
  const value = fromFile(name, env) || env[name] || '';
  if (value) {
    seen.add(value);
    const password = /^[a-z+]+:\/\/[^:@/]*:([^@/]+)@/.exec(value)?.[1];
    if (password) seen.add(password).add(decodeURIComponent(password));
  }
  return value;
}

/** The text without any secret value that was read so far, and without credentials in addresses. */
export function redact(text) {
  let clean = String(text);
  for (const value of seen) clean = clean.replaceAll(value, '[secret]');
  return clean.replaceAll(/:\/\/[^@\s/'\"]+@/g, '://[secret]@');
}
