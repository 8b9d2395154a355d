"""The offline Kubernetes provider: server-side apply through the cluster's own API."""
