"""Which kinds hold what cannot be made again, and what that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.databases import atlas

if TYPE_CHECKING:
    from policies.objects.resources import Resource


def _atlas(name: str) -> str:
    return f"mongodbatlas:index/{name[0].lower()}{name[1:]}:{name}"


_STATEFUL_SET: Final = "StatefulSet.apps"
_HELD: Final = {
    "CustomResourceDefinition.apiextensions.k8s.io": "every object of its kind",
    "Namespace": "every object in it, volume claims included",
    "PersistentVolume": "the way to the files on it",
    "PersistentVolumeClaim": "the files on its volume",
    "VolumeSnapshot.snapshot.storage.k8s.io": "a backup",
    _STATEFUL_SET: "the pods that serve from its volumes",
    atlas.CLUSTER: "its databases",
    atlas.COMPLIANCE_POLICY: "the lock on all backups of the project",
    atlas.BACKUP_SCHEDULE: "the backups that it would take",
    _atlas("CloudBackupSnapshot"): "a backup",
    atlas.OLD_CLUSTER: "its databases",
    _atlas("EncryptionAtRest"): "the key to every encrypted database of the project",
    atlas.FLEX_CLUSTER: "its databases",
    _atlas("OnlineArchive"): "the documents that were moved into it",
    _atlas("Organization"): "every project in it",
    atlas.PROJECT: "every cluster and backup in it",
    atlas.SERVERLESS: "its databases",
    "aws:efs/fileSystem:FileSystem": "every file on it",
    "aws:kms/key:Key": "the key to everything encrypted with it",
}


def held(resource: Resource) -> str:
    """Tell what would be lost with an object.

    Args:
        resource: The object.

    Returns:
        As in "its databases"; "" for an object that can be made again.
    """
    if resource.kind == _STATEFUL_SET and next(resource.node.each("spec", "volumeClaimTemplates"), None) is None:
        return ""
    return _HELD.get(resource.kind, "")
