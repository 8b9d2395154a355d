"""Credentials are told from ordinary values, and nothing of them is given out."""

from __future__ import annotations

import base64
import random
import re
import string
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from policies.credentials.annotations import in_annotation
from policies.credentials.entropy import decoded, random_looking
from policies.credentials.harmless import is_harmless
from policies.credentials.names import NAME, means_credential
from policies.credentials.values import FORMATS, HARMLESS, URI_PASSWORD, credential

if TYPE_CHECKING:
    import uuid

DRAW = random.Random(20261125)  # the same credentials in every run
DIGITS, HEX, UPPER = string.digits, "0123456789abcdef", string.ascii_uppercase + string.digits
WORDY = string.ascii_letters + string.digits
SAFE = f"{WORDY}-_"
PASSWORD = f"{WORDY}!$^*()+,.;~"


def drawn(alphabet: str, length: int) -> str:
    return "".join(DRAW.choices(alphabet, k=length))


def token(length: int) -> str:
    """A random token that its looks alone give away; about one in ten of the shortest do not."""
    return next(each for each in iter(lambda: drawn(WORDY, length), "") if random_looking(each))


GENERATED = {
    "Cloudinary": lambda: f"cloudinary://{drawn(DIGITS, 15)}:{drawn(SAFE, 27)}@rez",
    "SendGrid": lambda: f"SG.{drawn(SAFE, 22)}.{drawn(SAFE, 43)}",
    "Twilio key": lambda: f"SK{drawn(HEX, 32)}",
    "Razorpay, live": lambda: f"rzp_live_{drawn(WORDY, 14)}",
    "Razorpay, test": lambda: f"rzp_test_{drawn(WORDY, 14)}",
    "Atlas connection": lambda: f"mongodb+srv://api:{drawn(WORDY, 16)}@rez.{drawn(HEX, 5)}.mongodb.net/rez?w=majority",
    "Atlas service account": lambda: f"mdb_sa_sk_{drawn(SAFE, 40)}",
    "AWS access key": lambda: f"AKIA{drawn(UPPER, 16)}",
    "AWS session key": lambda: f"ASIA{drawn(UPPER, 16)}",
    "Sentry DSN with secret": lambda: (
        f"https://{drawn(HEX, 32)}:{drawn(HEX, 32)}@o{drawn(DIGITS, 6)}.ingest.sentry.io/1"
    ),
    "Sentry token": lambda: f"sntrys_{drawn(WORDY, 64)}",
    "New Relic licence": lambda: f"{drawn(HEX, 36)}NRAL",
    "New Relic licence, EU": lambda: f"eu01xx{drawn(HEX, 30)}NRAL",
    "New Relic user key": lambda: f"NRAK-{drawn(UPPER, 27)}",
    "JSON web token": lambda: ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=")
        for part in (b'{"alg":"HS256"}', b'{"sub":"merchant-7"}', DRAW.randbytes(32))
    ),
    "Redis URI": lambda: f"rediss://:{drawn(WORDY, 20)}@redis:6379/0",
    "URI with a percent": lambda: f"postgres://api:%40{drawn(WORDY, 9)}@db/rez",
    "MySQL DSN": lambda: f"api:{drawn(WORDY, 12)}@tcp(db:3306)/rez",
    "GitHub": lambda: f"ghp_{drawn(WORDY, 36)}",
    "GitLab": lambda: f"glpat-{drawn(SAFE, 20)}",
    "Slack": lambda: f"xoxb-{drawn(DIGITS, 12)}-{drawn(WORDY, 24)}",
    "Slack webhook": lambda: (
        f"https://hooks.slack.com/services/T{drawn(UPPER, 8)}/B{drawn(UPPER, 8)}/{drawn(WORDY, 24)}"
    ),
    "Stripe": lambda: f"sk_live_{drawn(WORDY, 24)}",
    "Google": lambda: f"AIza{drawn(SAFE, 35)}",
    "npm": lambda: f"npm_{drawn(WORDY, 36)}",
    "Docker Hub": lambda: f"dckr_pat_{drawn(SAFE, 27)}",
    "Pulumi": lambda: f"pul-{drawn(HEX, 40)}",
    "Vault": lambda: f"hvs.{drawn(WORDY, 90)}",
    "private key": lambda: f"-----BEGIN RSA PRIVATE KEY-----\n{drawn(WORDY, 64)}\n-----END RSA PRIVATE KEY-----",
    "registry login": lambda: (
        f'{{"auths":{{"docker.io":{{"auth":"{base64.b64encode(DRAW.randbytes(18)).decode()}"}}}}}}'
    ),
    "token of 20": lambda: token(20),
    "token of 43": lambda: token(43),
    "hex of 48": lambda: drawn(HEX, 48),
    "URI in base64": lambda: base64.b64encode(f"redis://:{drawn(WORDY, 12)}@redis".encode()).decode(),
    "token in base64": lambda: base64.b64encode(token(32).encode()).decode(),
    "options": lambda: f"-Xmx256m -Dspring.datasource.password={drawn(WORDY, 10)}",
    "ADO connection": lambda: f"Server=db;User Id=sa;Password={drawn(WORDY, 10)};",
    "JSON": lambda: f'{{"user": "api", "clientSecret": "{drawn(WORDY, 24)}"}}',
    "YAML": lambda: f"db:\n  user: api\n  password: {drawn(WORDY, 12)}\n",
    "properties": lambda: f"port=3000\ndb.password = {drawn(WORDY, 12)}\n",
    "list in properties": lambda: f"app.users[0].name=api\napp.users[0].password={drawn(WORDY, 12)}\n",
    "redis.conf": lambda: f"port 6379\nrequirepass {drawn(WORDY, 20)}\n",
    "ACL file": lambda: f"user default off\nuser api on >{drawn(WORDY, 20)} ~* +@all\n",
    "header": lambda: f"Authorization: Bearer {drawn(WORDY, 30)}",
    "header in JSON": lambda: f'{{"headers": {{"Authorization": "Bearer {drawn(WORDY, 20)}"}}}}',
    "header of OpenTelemetry": lambda: f"Authorization=Bearer%20{drawn(WORDY, 20)}",
    "XML": lambda: f"<db><user>api</user><password>{drawn(WORDY, 12)}</password></db>",
    "XML property": lambda: f'<property name="password" value="{drawn(WORDY, 12)}"/>',
    "YAML on one line": lambda: f"db: {{user: api, password: {drawn(WORDY, 11)}7}}",
    "netrc": lambda: f"machine api.example.com login api password {drawn(WORDY, 12)}",
    "pgpass": lambda: f"db.example.net:5432:rez:api:{drawn(WORDY, 12)}",
    "pgpass of every database": lambda: f"# kept by ops\n*:*:*:*:{drawn(WORDY, 12)}\n",
    "JSON number": lambda: f'{{"user": "api", "password": 4{drawn(DIGITS, 7)}}}',
    "OpenAI": lambda: f"sk-proj-{drawn(WORDY, 48)}",
    "Anthropic": lambda: f"sk-ant-api03-{drawn(SAFE, 80)}",
    "Discord webhook": lambda: f"https://discord.com/api/webhooks/{drawn(DIGITS, 18)}/{drawn(SAFE, 68)}",
    "URL with a token": lambda: f"https://hooks.example.com/in?channel=1&access_token={drawn(WORDY, 20)}",
}
BY_NAME = (
    *("DB_PASSWORD", "MONGODB_PASSWORD", "PGPASSWORD", "MYSQL_ROOT_PASSWORD", "REDIS_PASS", "SMTP_PWD", "dbPassword"),
    *("JWT_SECRET", "SESSION_SECRET", "RAZORPAY_KEY_SECRET", "CLOUDINARY_API_SECRET", "clientSecret", "SECRET"),
    *("TWILIO_AUTH_TOKEN", "accessToken", "SENDGRID_API_KEY", "CLOUDINARY_API_KEY", "apiKey", "APIKEY", "x-api-key"),
    *("NEW_RELIC_LICENSE_KEY", "AWS_SECRET_ACCESS_KEY", "ATLAS_PRIVATE_KEY", "ENCRYPTION_KEY", "SECRET_KEY_BASE"),
    *("REDISCLI_AUTH", "requirepass", "masterauth", "RABBITMQ_ERLANG_COOKIE", "DB_PASSWORD_PROD", "API_KEY_V2"),
    *("PASSWORD_DB", "PASS_REDIS", "PWD_MONGO", "TOKEN_GITHUB", "SECRET_JWT", "APIKEY_SENDGRID", "REDIS_AUTH"),
    *("BASIC_AUTH_CREDENTIALS", "STRIPE_WEBHOOK_SECRET", "SIGNING_KEY", "jwt-signing-key", "MERCHANT_PASSPHRASE"),
)
ORDINARY = yaml.safe_load((Path(__file__).parent / "ordinary_values.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("what", GENERATED)
def test_generated_credential_is_found_under_any_name(what: str) -> None:
    for _ in range(20):
        assert credential("SETTING", GENERATED[what]())


@pytest.mark.parametrize("name", BY_NAME)
def test_plain_value_behind_a_credentials_name_is_found(name: str) -> None:
    assert credential(name, "hunter2-Hunter2") == "a credential by its name"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASIC_AUTH", "admin:hunter2"),
        ("SMTP_AUTH", "api@example.com:hunter2"),
        ("AUTHORIZATION", "Bearer hunter2hunter2"),
        ("AUTH_HEADER", "Basic YWRtaW46aHVudGVyMg=="),
    ],
)
def test_user_with_password_and_scheme_with_token_are_found(name: str, value: str) -> None:
    assert credential(name, value) == "a credential by its name"


@pytest.mark.parametrize("value", ["123456", "0000", "correct horse battery staple", "$ecret", "postgres", "s3cr3t!"])
def test_weak_password_is_one(value: str) -> None:
    assert credential("POSTGRES_PASSWORD", value)


@pytest.mark.parametrize(("name", "value"), ORDINARY)
def test_ordinary_value_passes(name: str, value: str) -> None:
    assert credential(name, value) == ""


def test_there_are_enough_ordinary_values() -> None:
    assert len(ORDINARY) >= 60


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("nginx.ingress.kubernetes.io/auth-secret", "basic"),
        ("cert-manager.io/issuer", "letsencrypt"),
        ("checksum/config", "9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2feaa0c55ad015"),
        ("eks.amazonaws.com/role-arn", "arn:aws:iam::123456789012:role/Merchant"),
        ("kubectl.kubernetes.io/last-applied-configuration", '{"kind":"Secret","data":{"a":"ENC[x"},"metadata":{}}'),
        ("kubectl.kubernetes.io/last-applied-configuration", "[" * 100_000),
        ("pulumi.com/skipAwait", "true"),
    ],
)
def test_ordinary_annotation_passes(key: str, value: str) -> None:
    assert in_annotation(key, value) == ""


TEXTS = st.text() | st.from_regex(r"[A-Za-z0-9+/=_\-:@.$(){}\[\]<>\"'\s,;|&>#?%!]{0,200}")
CREDENTIALS = st.sampled_from(sorted(GENERATED)).map(lambda what: GENERATED[what]())


@given(st.text() | st.sampled_from(BY_NAME), TEXTS | st.tuples(TEXTS, CREDENTIALS, TEXTS).map("".join))
@example("", "\ud800")
@example("password", "=" * 10_000)
@example("x", "a" * 100_000)
def test_never_fails_and_gives_out_no_part_of_the_value(name: str, value: str) -> None:
    found = credential(name, value)
    assert found == "" or found.removesuffix(", in base64") in ANSWERS
    assert in_annotation(name, value) == "" or in_annotation(name, value).removesuffix(", in base64") in ANSWERS


ANSWERS = {*FORMATS, "a URI with a password", "a credential by its name", "a text that sets a credential"} | {
    "a random token",
    "a copy of a Secret",
}


@given(st.from_regex(NAME))
def test_what_the_api_server_takes_for_a_credentials_name_is_one_here_too(name: str) -> None:
    assert means_credential(name)


@given(st.from_regex(URI_PASSWORD))
def test_what_the_api_server_takes_for_a_password_in_a_uri_is_one_here_too(value: str) -> None:
    assert credential("x", value)


@given(st.text(max_size=40), TEXTS)
def test_what_is_harmless_here_is_so_to_the_api_server_too(name: str, value: str) -> None:
    assert not is_harmless(name, value) or HARMLESS.fullmatch(value)


@pytest.mark.parametrize("pattern", [NAME, HARMLESS, URI_PASSWORD, *FORMATS.values()])
def test_expression_has_no_lookaround_which_the_api_servers_cannot_do(pattern: Any) -> None:
    assert not any(mark in pattern.pattern for mark in ("(?=", "(?!", "(?<", "++", "*+", "(?>"))


@given(st.binary(max_size=40))
def test_base64_of_text_is_read_and_nothing_else(raw: bytes) -> None:
    inside = decoded(base64.b64encode(raw).decode())
    assert inside == "" or inside.encode() == raw


@given(st.uuids())
def test_uuid_is_no_token(value: uuid.UUID) -> None:
    assert not random_looking(str(value))
    assert not random_looking(value.hex)


@given(st.sampled_from([20, 24, 28, 32, 48, 64]), st.binary(min_size=64, max_size=64))
def test_digest_is_no_token(length: int, raw: bytes) -> None:
    if length in {20, 28, 32, 48, 64}:
        assert not random_looking(raw[:length].hex())


WITH_CANARIES = [
    path
    for path in sorted((Path(__file__).parents[1] / "fixtures").glob("*/*.yaml"))
    if re.search(r"canary-|hunter2", path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("path", WITH_CANARIES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_finding_shows_a_credential(path: Path, golden: Any, load_fixture: Any) -> None:
    golden.change(load_fixture(path)["change"])
    for finding in golden.findings():
        assert "canary-" not in finding.text
        assert "hunter2" not in finding.text
