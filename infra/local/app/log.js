// Structured logs: one JSON object for each line on stdout.

import { redact } from './secrets.js';

const LEVELS = ['debug', 'info', 'warn', 'error'];

/** A logger that drops lines below `level`, with one method for each level: (message, fields). */
export function createLog(level, write = (line) => process.stdout.write(line)) {
  const lowest = LEVELS.indexOf(level);
  const emit = (name) => (message, fields = {}) => {
    if (LEVELS.indexOf(name) < lowest) return;
    const line = { time: new Date().toISOString(), level: name, message, ...fields };
    write(`${JSON.stringify(line, (_key, value) => (typeof value === 'string' ? redact(value) : value))}\n`);
  };
  return Object.fromEntries(LEVELS.map((name) => [name, emit(name)]));
}
