"""Kubernetes manifests as they are found in real repositories, good and bad, the same in every run."""

from benchmarks.policies.corpus.write import write, write_one

__all__ = ["write", "write_one"]
