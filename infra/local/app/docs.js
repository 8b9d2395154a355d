// The API's own description: OpenAPI for tools, a page for people.

import { Router } from 'express';

const ROUTES = [
  ['get', '/', 'Which service and version answers'],
  ['get', '/merchants/{id}', 'One merchant'],
  ['put', '/merchants/{id}', 'Create or rename a merchant: {"name": "…"}'],
  ['get', '/health', 'Readiness, with the state of each dependency'],
  ['get', '/health/live', 'Liveness of the process alone'],
  ['get', '/metrics', 'Prometheus metrics'],
];

function openApi(version) {
  const paths = {};
  for (const [method, path, summary] of ROUTES) {
    const parameters = path.includes('{id}') ? [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] : [];
    paths[path] = { ...paths[path], [method]: { summary, parameters, responses: { 200: { description: 'OK' } } } };
  }
  return { openapi: '3.1.0', info: { title: 'REZ Merchant Backend API', version }, paths };
}

function page(version) {
  const rows = ROUTES.map(([method, path, summary]) => `<tr><td>${method.toUpperCase()}</td><td><code>${path}</code></td><td>${summary}</td></tr>`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>REZ Merchant Backend API</title>
<h1>REZ Merchant Backend API ${version}</h1>
<table>${rows.join('')}</table>
<p>For tools: <a href="/docs/openapi.json">OpenAPI</a></p></html>`;
}

/** Routes `/docs` and `/docs/openapi.json`. */
export function docsRoutes({ version }) {
  const router = new Router();
  router.get('/docs', (_request, response) => response.type('html').send(page(version)));
  router.get('/docs/openapi.json', (_request, response) => response.json(openApi(version)));
  return router;
}
