"""The Atlas emulator: the part of the Administration API that we use, and a database behind each cluster."""
