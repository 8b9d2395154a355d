// What Prometheus reads: requests, errors, latency, the MongoDB pool, the process.

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

const LATENCY_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2.5, 5, 10];

function poolGauge(registers, name, help, read) {
  return new Gauge({ name, help, registers, collect() { this.set(read()); } });
}

/** The registry, and the Express middleware that counts requests. */
export function createMetrics({ version, pool }) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({ name: 'app_info', help: 'Always 1; the labels say what runs', labelNames: ['version'], registers }).set({ version }, 1);
  poolGauge(registers, 'mongodb_pool_size', 'Open connections of this pod to MongoDB', () => pool.size);
  poolGauge(registers, 'mongodb_pool_checked_out', 'Connections in use by requests', () => pool.checkedOut);
  poolGauge(registers, 'mongodb_pool_max', 'Most connections the pool may open', () => pool.max);

  const requests = new Counter({ name: 'http_requests_total', help: 'Finished requests', labelNames: ['method', 'route', 'status'], registers });
  const errors = new Counter({ name: 'http_request_errors_total', help: 'Requests answered with 5xx', labelNames: ['method', 'route'], registers });
  const duration = new Histogram({
    name: 'http_request_duration_seconds', help: 'Time to the last byte', labelNames: ['method', 'route'], buckets: LATENCY_BUCKETS_S, registers,
  });

  const count = (request, response, next) => {
    const stop = duration.startTimer();
    response.once('finish', () => {
      // The pattern and not the path: one series for each route, whatever clients ask for.
      const labels = { method: request.method, route: request.route ? request.baseUrl + request.route.path : 'unmatched' };
      stop(labels);
      requests.inc({ ...labels, status: response.statusCode });
      if (response.statusCode >= 500) errors.inc(labels);
    });
    next();
  };
  return { registry, count };
}
