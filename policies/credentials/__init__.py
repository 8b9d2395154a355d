"""Tells what is a credential, by its name, by its looks and by where it stands."""
