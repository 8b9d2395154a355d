// The business: who serves you, and merchants kept in MongoDB and cached in Redis.

import express, { Router } from 'express';

import { requestFault } from './faults.js';

const MAX_NAME_LENGTH = 200;

function requireDatabase(database) {
  return (_request, response, next) => {
    if (database.db) return next();
    // A copy in this pod's memory would answer differently in every pod.
    return response.status(503).json({ error: 'merchants need a database, and MONGODB_URI is not configured' });
  };
}

function validName(body) {
  const name = body?.name;
  return typeof name === 'string' && name.trim() && name.length <= MAX_NAME_LENGTH ? name.trim() : '';
}

/** Routes `/` and `/merchants/:id`. */
export function businessRoutes({ version, fault, database, cache }) {
  const router = new Router();
  const merchants = () => database.db.collection('merchants');
  const key = (id) => `merchant:${id}`;
  // A handler of each route and not of the router: metrics name the route that failed.
  const misbehave = requestFault(fault);
  const needsDatabase = requireDatabase(database);

  router.get('/', misbehave, (_request, response) => response.json({ service: 'merchant-backend', version }));

  router.get('/merchants/:id', misbehave, needsDatabase, async (request, response) => {
    const { id } = request.params;
    const cached = await cache.get(key(id));
    const found = cached ?? await merchants().findOne({ _id: id });
    if (!found) return response.status(404).json({ error: `no merchant ${id}` });
    if (!cached) await cache.set(key(id), found);
    return response.json({ id, name: found.name });
  });

  router.put('/merchants/:id', misbehave, needsDatabase, express.json({ limit: '16kb' }), async (request, response) => {
    const { id } = request.params;
    const name = validName(request.body);
    if (!name) return response.status(400).json({ error: `name: expected 1 to ${MAX_NAME_LENGTH} characters` });
    await merchants().updateOne({ _id: id }, { $set: { name } }, { upsert: true });
    await cache.drop(key(id));
    return response.json({ id, name });
  });
  return router;
}
