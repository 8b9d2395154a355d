"""The MongoDB Atlas cluster behind the API: where it is, how large, how it is backed up, who may reach it."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from infra.settings.maintenance import known_zone
from infra.settings.platform import Cidr
from infra.settings.units import Section

Region = Literal[
    "AF_SOUTH_1",
    "AP_EAST_1",
    "AP_NORTHEAST_1",
    "AP_NORTHEAST_2",
    "AP_NORTHEAST_3",
    "AP_SOUTHEAST_1",
    "AP_SOUTHEAST_2",
    "AP_SOUTHEAST_3",
    "AP_SOUTH_1",
    "AP_SOUTH_2",
    "CA_CENTRAL_1",
    "EU_CENTRAL_1",
    "EU_CENTRAL_2",
    "EU_NORTH_1",
    "EU_SOUTH_1",
    "EU_SOUTH_2",
    "EU_WEST_1",
    "EU_WEST_2",
    "EU_WEST_3",
    "IL_CENTRAL_1",
    "ME_CENTRAL_1",
    "ME_SOUTH_1",
    "SA_EAST_1",
    "US_EAST_1",
    "US_EAST_2",
    "US_WEST_1",
    "US_WEST_2",
]
"""Regions of AWS as Atlas spells them. Source: MongoDB Atlas documentation, Amazon Web Services."""

DAYS: Final = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
"""Days as Atlas counts them: Sunday is 1."""

Day = Literal["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]

PRACTICE: Final = "ours: MongoDB Atlas Architecture Center, Guidance for Atlas Backups"
_WIDEST: Final = {4: 16, 6: 48}
_NAME: Final = r"^[a-z][a-z0-9-]{0,62}[a-z0-9]$"


def _narrow(cidr: str) -> str:
    network = ip_network(cidr)
    if network.prefixlen < _WIDEST[network.version]:
        message = (
            f"{cidr} lets strangers in; name the cluster's NAT gateways, at most a /{_WIDEST[network.version]} "
            f"of IPv{network.version}"
        )
        raise ValueError(message)
    return cidr


def _some(cidrs: tuple[str, ...]) -> tuple[str, ...]:
    if not cidrs:
        raise ValueError("nobody could reach the database; name the cluster's NAT gateways")
    return cidrs


class Backup(Section):
    """Snapshots, and the days for which any moment can be restored."""

    enabled: Literal[True] = Field(description="runbook, Database Maintenance: a database without backups is refused")
    restore_window_days: int = Field(ge=7, le=35, description=PRACTICE)
    snapshot_every_hours: Literal[6, 8, 12] = Field(description=PRACTICE)
    keep_hourly_days: int = Field(ge=7, le=35, description=f"{PRACTICE}; at least the restore window")
    keep_daily_days: int = Field(ge=7, le=365, description=PRACTICE)
    keep_weekly_weeks: int = Field(ge=4, le=52, description=PRACTICE)
    keep_monthly_months: int = Field(ge=3, le=36, description=PRACTICE)


class Atlas(Section):
    """The project and its one cluster."""

    org_id: str = Field(
        pattern=r"^[0-9a-f]{24}$",
        examples=["5f5a1b2c3d4e5f6a7b8c9d0e, as Atlas shows it in Organization Settings"],
        description="ours: the organization that pays",
    )
    project: str = Field(pattern=_NAME, examples=["rez-production"], description="ours; a new name is a new project")
    cluster: str = Field(pattern=_NAME, examples=["merchant"], description="ours; a new name is a new, empty cluster")
    region: Region = Field(description="ours: near the pods")
    nodes: Literal[3, 5, 7] = Field(description="ours: an odd number elects a primary when one is gone")
    disk_gb: int = Field(ge=40, le=4096, description="ours; an M30 comes with 40 GB")
    mongodb_major: Literal["7.0", "8.0"] = Field(description="ours: major versions in support")
    time_zone: Annotated[str, AfterValidator(known_zone)] = Field(
        description="ours: the zone in which Atlas reads the maintenance window; Atlas, Project Settings"
    )
    maintenance_day: Day = Field(description="runbook, Planned Maintenance: low-traffic hours")
    access_cidrs: Annotated[
        tuple[Annotated[Cidr, AfterValidator(_narrow)], ...], Field(strict=False, max_length=32), AfterValidator(_some)
    ] = Field(description="ours: from where the database can be reached")
