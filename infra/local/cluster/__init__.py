"""A real Kubernetes of three nodes inside Linux namespaces of one machine."""
