"""Doomed and benign rollouts, replayed from a real kubelet's timelines: ours side by side with its peers."""
