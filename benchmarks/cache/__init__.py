"""What the cache does when its pods die under writes."""
