from __future__ import annotations

from infra.settings.inventory import INVENTORY, secret_problems

ALL = {secret.name for secret in INVENTORY}


def test_a_missing_secret_names_the_command_that_sets_it() -> None:
    assert secret_problems(ALL - {"JWT_SECRET"}, stack="production") == [
        (
            "secrets.JWT_SECRET: no value; set it (value on stdin) with "
            "`rez pulumi config set --stack production --secret --path 'secrets.JWT_SECRET'`"
        )
    ]


def test_a_secret_nobody_reads_is_reported_without_its_value() -> None:
    (line,) = secret_problems([*ALL, "MONGODB_URL"], stack="local")
    assert line.startswith("secrets.MONGODB_URL: nobody reads it; remove it with")
