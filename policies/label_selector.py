"""Label selectors, as Kubernetes reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.values import Manifest, reveal

if TYPE_CHECKING:
    from policies.node import Node


def selects(selector: Node, labels: Manifest) -> bool:
    """Tell whether a label selector picks an object with these labels.

    Args:
        selector: A node with `matchLabels` and `matchExpressions`; an empty one picks everything.
        labels: The object's labels.

    Returns:
        True if it does.
    """
    plain = selects_exactly(selector.mapping("matchLabels"), labels)
    return plain and all(_holds(term, labels) for term in selector.each("matchExpressions"))


def selects_exactly(wanted: Manifest, labels: Manifest) -> bool:
    """Tell whether an equality selector, as a Service has it, picks an object with these labels."""
    return all(reveal(labels.get(key)) == reveal(value) for key, value in wanted.items())


def _holds(term: Node, labels: Manifest) -> bool:
    key, operator, values = term.text("key"), term.text("operator"), [item.get() for item in term.each("values")]
    label = reveal(labels.get(key))
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
