"""Redis on Kubernetes: which containers are servers, and what their configuration says."""
