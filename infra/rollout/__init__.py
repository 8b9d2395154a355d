"""Is a release healthy, doomed or on its way, and how a new one is brought in or taken back."""
