"""A stack's state, as `pulumi stack export` writes it: the resources as they were last declared."""

from __future__ import annotations

from typing import Final

from policies.inputs.pulumi_file import PulumiFile, Stack, loaded, managed
from policies.objects.urn import stack_of

_WHAT: Final = "a stack's state; give what `pulumi stack export` prints"


def read(text: str, file: str) -> Stack:
    """Read an exported state. Encrypted secrets are Secret(UNKNOWN).

    Args:
        text: What `pulumi stack export` printed.
        file: The file's name, `-` for standard input.

    Returns:
        The resources and the stack's name.

    Raises:
        UnreadableError: It is something else.
    """
    source = PulumiFile(text, file, _WHAT)
    document = source.parse(text)
    deployment = document.get("deployment") if isinstance(document, dict) else None
    if not isinstance(deployment, dict):
        raise source.unreadable('it has no "deployment"')
    states = source.objects(deployment.get("resources"), "resources")
    urns = [source.texts(state, "urn", "type")[0] for state in states]
    resources = [
        source.resource(urn, state)
        for urn, state in zip(urns, states, strict=True)
        if managed(urn, state) and state.get("delete") is not True  # such a one waits to be deleted
    ]
    return Stack(name=stack_of(urns[0]) if urns else "", loaded=loaded(resources))
