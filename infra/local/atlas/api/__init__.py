"""The resources of the Administration API, one file for each; a handler takes emulator, request and the path's parts.

Sources: MongoDB Atlas Administration API, https://www.mongodb.com/docs/atlas/reference/api-resources-spec/v2/; its
error codes, https://www.mongodb.com/docs/atlas/reference/api-errors/; and what mongodb/terraform-provider-mongodbatlas
(SDK v20250312), which the official Pulumi provider 4.x wraps, asks for and reads, by its source and its recordings.
The provider itself was not run against this: neither its binary nor its Go module was to be had.
"""

from __future__ import annotations

from infra.local.atlas.api import alerts, backups, clusters, measurements, network, projects, schedules, settings, users

ROUTES = (
    *projects.ROUTES,
    *settings.ROUTES,
    *clusters.ROUTES,
    *users.ROUTES,
    *network.ROUTES,
    *schedules.ROUTES,
    *backups.ROUTES,
    *alerts.ROUTES,
    *measurements.ROUTES,
)
"""Method, path below ``/api/atlas/v2``, handler."""
