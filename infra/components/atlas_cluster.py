"""The database: an Atlas project with one cluster, its users, backups, alerts and audit log."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import pulumi

from infra.atlas import access, alert, auditing, backup, cluster, connection, project, user, window
from infra.components.atlas_object import AtlasObject
from infra.manifests.secret import Made

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.atlas import Properties
    from infra.settings.model import Settings


class AtlasCluster(pulumi.ComponentResource):
    """Everything about the database; a deploy never touches it.

    Args:
        name: The component's name.
        settings: The stack's settings.
        secret_values: Plain secret values by name; holds the users' passwords.

    Attributes:
        secrets: The API's connection string, known once the cluster and its user are there.
    """

    def __init__(self, name: str, settings: Settings, *, secret_values: Mapping[str, str]) -> None:
        super().__init__("rez:atlas:AtlasCluster", name)
        database = settings.database
        keep = not settings.is_local
        held = pulumi.ResourceOptions(parent=self, protect=keep, retain_on_delete=keep)
        home = AtlasObject("Project", database.atlas.project, project.project(database.atlas), held)
        self._project = home
        data = self._inside("AdvancedCluster", database.atlas.cluster, cluster.cluster(database, keep=keep), held)
        held = pulumi.ResourceOptions.merge(held, pulumi.ResourceOptions(depends_on=[data]))
        self._inside("CloudBackupSchedule", database.atlas.cluster, backup.backup_schedule(database), held)
        users = {
            each.name: self._inside(
                "DatabaseUser",
                each.name,
                {**user.user(each, database), "password": pulumi.Output.secret(secret_values[each.password])},
                pulumi.ResourceOptions(parent=self, additional_secret_outputs=["password"]),
            )
            for each in user.USERS
        }
        self._rest(settings)
        current = user.API_USERS[database.active_user]
        password = secret_values[current.password]
        known = pulumi.Output.all(data.output("connectionStrings"), users[current.name].id)
        encoded: pulumi.Output[str] = known.apply(
            lambda it: b64encode(connection.uri(it[0], current, password, database).encode()).decode()
        )
        identity = connection.identity(current, password, database)
        self.secrets = {connection.URI_SECRET: Made(identity, encoded, connection.home(database))}
        self.register_outputs({})

    def _rest(self, settings: Settings) -> None:
        atlas, own = settings.database.atlas, pulumi.ResourceOptions(parent=self)
        for entry in access.access_list(atlas):
            self._inside("ProjectIpAccessList", entry["cidrBlock"], entry, own)
        self._inside("MaintenanceWindow", atlas.project, window.maintenance_window(settings), own)
        self._inside("Auditing", atlas.project, auditing.auditing(), own)
        for name, properties in alert.alerts(settings).items():
            self._inside("AlertConfiguration", name, properties, own)

    def _inside(self, kind: str, name: str, properties: Properties, opts: pulumi.ResourceOptions) -> AtlasObject:
        """A resource of the project."""
        outputs = ("connectionStrings",) if kind == "AdvancedCluster" else ()
        return AtlasObject(kind, name, {"projectId": self._project.id, **properties}, opts, *outputs)
