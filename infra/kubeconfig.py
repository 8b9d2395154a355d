"""The official client's configuration, read from a kubeconfig."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.errors import UnavailableError

if TYPE_CHECKING:
    from kubernetes.client import Configuration


def load(configuration: Configuration, source: str, context: str | None) -> str:
    """Fill in the client's configuration.

    Args:
        configuration: Of the official client.
        source: A path, several of them as in `$KUBECONFIG`, or the text of a kubeconfig.
        context: A context of the kubeconfig; its current one when absent.

    Returns:
        The namespace of the context.

    Raises:
        UnavailableError: There is no usable kubeconfig.
    """
    import yaml
    from kubernetes import config

    is_text = "\n" in source or source.lstrip().startswith("{")
    loader: Any = config
    try:
        if is_text:
            document = yaml.safe_load(source)
            loader.load_kube_config_from_dict(document, context, configuration, persist_config=False)
            contexts, current = document["contexts"], document.get("current-context")
        else:
            loader.load_kube_config(source, context, configuration, persist_config=False)
            contexts, active = loader.list_kube_config_contexts(source)
            current = active["name"]
    except (config.ConfigException, yaml.YAMLError, OSError, TypeError, AttributeError, KeyError, ValueError) as error:
        where = "the given kubeconfig" if is_text else source
        line = str(error).split("\n", maxsplit=1)[0]
        remedy = "set KUBECONFIG, or start a cluster with `rez local up`"
        message = f"cluster unavailable: no usable kubeconfig at {where}: {line}; {remedy}"
        raise UnavailableError(message) from error
    chosen: dict[str, Any] = next((entry["context"] for entry in contexts if entry["name"] == (context or current)), {})
    return str(chosen.get("namespace") or "default")
