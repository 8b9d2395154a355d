"""The cache: pure functions from settings to the objects of a Redis cluster, one file for each kind."""
