"""Pulumi components: wiring alone; what the objects are is decided in ``infra.manifests``."""
