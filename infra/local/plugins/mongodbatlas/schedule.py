"""The backup schedule: the provider has a property for each kind of snapshot, the API one list of items. Pure."""

from __future__ import annotations

from typing import Any, Final

Json = dict[str, Any]

_ITEMS: Final = {
    "policyItemHourly": "hourly",
    "policyItemDaily": "daily",
    "policyItemWeeklies": "weekly",
    "policyItemMonthlies": "monthly",
    "policyItemYearlies": "yearly",
}
_ITEM: Final = ("frequencyInterval", "retentionUnit", "retentionValue")
_OWN: Final = frozenset({"projectId", "clusterName", "skipDestroy", *_ITEMS})


def to_api(inputs: Json) -> Json:
    """The schedule as the API takes it."""
    items = []
    for name, frequency in _ITEMS.items():
        given = inputs.get(name) or []
        listed = given if isinstance(given, list) else [given]
        items += [{"frequencyType": frequency, **{key: item[key] for key in _ITEM}} for item in listed]
    return {key: value for key, value in inputs.items() if key not in _OWN} | {"policies": [{"policyItems": items}]}


def from_api(answer: Json) -> Json:
    """The schedule as the provider has it."""
    items = [item for policy in answer.get("policies", []) for item in policy.get("policyItems", [])]
    found = {key: value for key, value in answer.items() if key != "policies"}
    for name, frequency in _ITEMS.items():
        of_kind = [{key: item[key] for key in _ITEM} for item in items if item["frequencyType"] == frequency]
        if of_kind:
            found[name] = of_kind if name.endswith("ies") else of_kind[0]
    return found
