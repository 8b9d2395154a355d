"""The resources of the Administration API, one file for each; a handler takes emulator, request and the path's parts.

Source: MongoDB Atlas Administration API, https://www.mongodb.com/docs/atlas/reference/api-resources-spec/v2/
"""

from __future__ import annotations

from infra.local.atlas.api import alerts, backups, clusters, measurements, network, projects, users

ROUTES = (
    *projects.ROUTES,
    *clusters.ROUTES,
    *users.ROUTES,
    *network.ROUTES,
    *backups.ROUTES,
    *alerts.ROUTES,
    *measurements.ROUTES,
)
"""Method, path below ``/api/atlas/v2``, handler."""
