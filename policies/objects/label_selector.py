"""Label selectors, as Kubernetes reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.objects.node import UndeterminedError
from policies.objects.values import Manifest, Unknown, reveal

if TYPE_CHECKING:
    from policies.objects.node import Node


def selects(selector: Node, labels: Manifest) -> bool:
    """Tell whether a label selector picks an object with these labels.

    Args:
        selector: A node with `matchLabels` and `matchExpressions`; an empty one picks everything.
        labels: The object's labels.

    Returns:
        True if it does.

    Raises:
        UndeterminedError: When a label that decides is not known yet.
    """
    plain = selects_exactly(selector.mapping("matchLabels"), labels)
    return plain and all(_holds(term, labels) for term in selector.each("matchExpressions"))


def selects_exactly(wanted: Manifest, labels: Manifest) -> bool:
    """Tell whether an equality selector, as a Service has it, picks an object with these labels."""
    return all(_value(labels, key) == _value(wanted, key) for key in wanted)


def _holds(term: Node, labels: Manifest) -> bool:
    key, operator, values = term.text("key"), term.text("operator"), [item.get() for item in term.each("values")]
    label = _value(labels, key)
    match operator:
        case "In":
            return label in values
        case "NotIn":
            return label not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return False


def _value(labels: Manifest, key: str) -> object:
    value = labels.get(key)
    if type(value) is str:
        return value
    if isinstance(value := reveal(value), Unknown):
        raise UndeterminedError(f"label {key}")
    return value
