"""A stack file for a run without credentials."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from infra.preview.dummies import present, with_dummies
from infra.settings.inventory import INVENTORY

SECRETS = "rez-infra:secrets"
CIPHER = "v1:abc:def+/=="
NAMES = ["JWT_SECRET", "SENTRY_DSN"]
COMMENTED = f"""\
config:
  {SECRETS}: # comment
    # another
    SENTRY_DSN:
      secure: {CIPHER} # why

  # of storage
  rez-infra:storage: {{size: 1}}
encryptionsalt: x
"""


def config(text: str, names: list[str] | None = None) -> dict[str, object]:
    done = with_dummies(text, NAMES if names is None else names)
    document = yaml.safe_load(done)
    assert list(document) == ["config"]
    assert CIPHER not in done
    found: dict[str, object] = document["config"]
    return found


@pytest.mark.parametrize(
    "text",
    [
        "config:\n  rez-infra:storage: {size: 1}\n",
        "config:\n  rez-infra:storage:\n    size: 1\n",
        "{config: {rez-infra:storage: {size: 1}}}",
        f"secretsprovider: awskms://a\nconfig:\n  rez-infra:storage: {{size: 1}}\nencryptionsalt: {CIPHER}\n",
        f"config:\n  rez-infra:storage: {{size: 1}}\n  {SECRETS}: {{}}\n",
        f"config:\n  {SECRETS}:\n  rez-infra:storage: {{size: 1}}\n",
        f"config:\n  {SECRETS}: {{SENTRY_DSN: {{secure: '{CIPHER}'}}}}\n  rez-infra:storage: {{size: 1}}\n",
        f"config:\n  {SECRETS}:\n    SENTRY_DSN:\n      secure: {CIPHER}\n  rez-infra:storage:\n    size: 1\n",
        COMMENTED,
    ],
)
def test_every_secret_of_the_inventory_has_a_dummy_and_all_else_is_as_it_was(text: str) -> None:
    found = config(text)
    assert found.pop("rez-infra:storage") == {"size": 1}
    secrets = found.pop(SECRETS)
    assert isinstance(secrets, dict)
    assert sorted(secrets) == NAMES
    assert all(value.startswith(f"dummy-{name}") for name, value in secrets.items())
    assert found == {}


def test_a_rotated_secret_is_another_dummy_and_a_kept_one_the_same() -> None:
    text = f"config:\n  {SECRETS}:\n    A:\n      secure: {CIPHER}\n    B:\n      secure: other\n"
    first, second = (config(each, []) for each in (text, text.replace("other", "rotated")))
    assert isinstance(first[SECRETS], dict)
    assert isinstance(second[SECRETS], dict)
    assert first[SECRETS]["A"] == second[SECRETS]["A"]
    assert first[SECRETS]["B"] != second[SECRETS]["B"]


def test_secrets_outside_the_section_and_in_lists_are_dummies_too() -> None:
    found = config(
        f"config:\n  aws:token:\n    secure: {CIPHER}\n  a: [{{secure: '{CIPHER}'}}, {{b: {{secure: x}}}}]\n", []
    )
    assert str(found["aws:token"]).startswith("dummy-aws:token-")
    assert str(found["a"]).count("dummy-") == 2


def test_a_file_with_nothing_encrypted_and_no_inventory_stays_as_it_is() -> None:
    text = "config:\n  a: 02:00 # one o'clock\n  b: yes\n"
    assert with_dummies(text, []) == text


@pytest.mark.parametrize(("text", "why"), [("", "config"), ("config: [", "cannot be read"), ("config: x", "config")])
def test_what_is_no_stack_file_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        with_dummies(text, NAMES)


def test_present_are_the_secrets_with_a_value() -> None:
    assert present(f"config:\n  {SECRETS}: {{A: {{secure: x}}, B: plain}}\n") == {"A", "B"}
    assert present("config: [") == present("config: {}") == set()


KEYS = st.sampled_from(["a", "b", "c:d", "e.f", "g"])
PLAIN = st.one_of(st.integers(), st.booleans(), st.none(), st.text(max_size=20), st.dates().map(str))
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))


@given(values=st.dictionaries(KEYS, VALUES), flow=st.sampled_from([True, False, None]))
def test_whatever_else_stands_in_the_config_is_read_as_before(*, values: dict[str, object], flow: bool | None) -> None:
    whole = {"encryptionsalt": CIPHER, "config": {**values, "secret": {"secure": CIPHER}}}
    text = yaml.safe_dump(whole, sort_keys=False, default_flow_style=flow, allow_unicode=True)
    names = [secret.name for secret in INVENTORY]
    found = config(text, names)
    secrets = found.pop(SECRETS)
    assert isinstance(secrets, dict)
    assert sorted(secrets) == sorted(names)
    assert str(found.pop("secret")).startswith("dummy-secret-")
    assert found == {key: value for key, value in yaml.safe_load(text)["config"].items() if key != "secret"}
