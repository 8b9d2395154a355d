"""The Python language host: starts programs and policy packs for the engine."""
