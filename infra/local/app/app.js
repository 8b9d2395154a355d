// The Express application: which routes there are and what every request goes through.

import express from 'express';

import { docsRoutes } from './docs.js';
import { healthRoutes } from './health.js';
import { businessRoutes } from './merchants.js';
import { createMetrics } from './metrics.js';

function logRequests(log) {
  return (request, response, next) => {
    const started = performance.now();
    response.once('finish', () => log.debug('request', {
      method: request.method, path: request.path, status: response.statusCode, ms: Math.round(performance.now() - started),
    }));
    next();
  };
}

function answerErrors(log) {
  // Express knows an error handler by its four parameters.
  return (error, request, response, _next) => {
    const status = error.status ?? 500;
    if (status >= 500) log.error('request failed', { method: request.method, path: request.path, error: error.message });
    response.status(status).json({ error: status >= 500 ? 'internal error' : error.message });
  };
}

/** The application; `parts` is {version, fault, lifecycle, database, cache, log}. */
export function createApp(parts) {
  const { lifecycle, database, log } = parts;
  const app = express();
  const metrics = createMetrics({ version: parts.version, pool: database.pool });
  app.disable('x-powered-by');
  app.use((_request, response, next) => {
    if (lifecycle.draining) response.set('Connection', 'close');
    next();
  });
  app.use(metrics.count, logRequests(log));
  app.use(healthRoutes(parts), docsRoutes(parts));
  app.get('/metrics', async (_request, response) => response.type(metrics.registry.contentType).send(await metrics.registry.metrics()));
  app.use(businessRoutes(parts));
  app.use((request, response) => response.status(404).json({ error: `no route ${request.method} ${request.path}` }));
  app.use(answerErrors(log));
  return app;
}
