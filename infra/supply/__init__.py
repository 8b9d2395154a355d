"""Where the API's image comes from: which digest a version is, and who built it."""
