"""The offline Atlas provider: resources over the Administration API, previews against state alone."""
