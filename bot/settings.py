"""What the process is told from outside: environment variables beginning with MUSTER_."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from model.standard_webhooks import key_of, must_be_endpoint


class NotConfigured(Exception):
    """A setting is missing that the chosen transport needs; says which, and where to get it."""


class Settings(BaseSettings):
    """All settings. Raises pydantic.ValidationError for an unknown or impossible value."""

    model_config = SettingsConfigDict(env_prefix="MUSTER_", extra="forbid", frozen=True)

    slack_bot_token: SecretStr = Field(default=SecretStr(""), description="xoxb-…, from OAuth & Permissions")
    slack_refresh_token: SecretStr = Field(
        default=SecretStr(""),
        description="xoxe-…, where tokens run out (token rotation); later ones are kept, enciphered",
    )
    slack_client_id: str = Field(default="", description="from Basic Information; for token rotation only")
    slack_client_secret: SecretStr = Field(
        default=SecretStr(""), description="from Basic Information; for token rotation only"
    )
    slack_signing_secret: SecretStr = Field(
        default=SecretStr(""), description="from Basic Information; HTTP only"
    )
    teams: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="workspaces to serve (`T…`, with commas between), the one with #incidents first; only "
        "where the app is installed for a whole organization, which serves no other",
    )
    slack_app_token: SecretStr = Field(default=SecretStr(""), description="xapp-…, for Socket Mode only")
    slack_api_url: str = Field(
        default="https://slack.com/api/", description="the Web API; changed only to play"
    )
    transport: Literal["http", "socket"] = Field(default="http", description="how Slack reaches Muster")
    host: str = Field(default="127.0.0.1", description="address that Slack's requests come to (HTTP)")
    port: int = Field(default=3000, ge=0, le=65535, description="port that Slack's requests come to (HTTP)")
    admin_host: str = Field(
        default="127.0.0.1", description="address of /healthz, /readyz and /metrics; not for the outside"
    )
    admin_port: int = Field(
        default=3001, ge=0, le=65535, description="port of /healthz, /readyz and /metrics"
    )
    slash: str = Field(
        default="all",
        description="which slash commands the app has: `all`; some, such as `ops,incident` (all others are "
        "then typed behind `/ops`); or all with a prefix, such as `m-*` (`/m-scale`, `/m-ops`)",
    )
    incidents_channel: str = Field(
        default="incidents", description="channel where incidents are announced: its name, or its id (`C…`)"
    )
    private_channels: bool = Field(
        default=False,
        description="true: the incidents or operators' channel is private, and Muster was invited to it; the "
        "manifest then asks for `groups:read` and `groups:history`",
    )
    operators_channel: str = Field(
        default="", description="channel of those who run Muster; the incidents channel if not set"
    )
    catalog: Path = Field(default=Path("examples/catalog"), description="folder of the catalog's YAML files")
    policies: Path | None = Field(
        default=None, description="folder of Cedar policies; the shipped ones if not set"
    )
    data_dir: Path = Field(default=Path(".muster"), description="the embedded server's files")
    redis_url: SecretStr | None = Field(
        default=None, description="Redis 7+ or Valkey, with its password; the embedded one if not set"
    )
    redis_unguarded: bool = Field(
        default=False, description="true: a Redis without a password is meant, as nobody else reaches it"
    )
    redis_unchecked: bool = Field(
        default=False, description="true: do not look at the server's settings (where CONFIG is forbidden)"
    )
    audit_key: SecretStr = Field(
        default=SecretStr(""), description="key of the audit chain, 32 characters or more"
    )
    anchor_file: Path | None = Field(
        default=None,
        description="file that keeps the audit log's position, best on another disk; else in data_dir",
    )
    accept_log: int | None = Field(
        default=None,
        ge=0,
        description="entries of a log that does not follow its anchor and is meant to go on",
    )
    aws_endpoint_url: str | None = Field(default=None, description="changed only to play")
    kube_api_url: str | None = Field(
        default=None, description="Kubernetes API server; the kubeconfig if not set"
    )
    kube_token: SecretStr | None = Field(default=None, description="bearer token for kube_api_url")
    kubeconfig: Path | None = Field(default=None, description="path of a kubeconfig; its default if not set")
    health_overrides: dict[str, str] = Field(
        default={}, repr=False, description="JSON: host of a health URL → URL to ask instead"
    )
    image_registries: dict[str, str] = Field(
        default={},
        repr=False,
        description="JSON: registry host as names of images say it (`docker.io` for those without one) → "
        "`https://user:password@host`, asked what a tag points to; no other host is ever asked, so one that "
        "gives out its tokens stands here too",
    )
    postgres_urls: dict[str, str] = Field(
        default={},
        repr=False,
        description="JSON: service id → `postgresql://user:password@host:port/database`",
    )
    redis_urls: dict[str, str] = Field(
        default={},
        repr=False,
        description="JSON: service id → `redis://user:password@host:port/0`, a cache",
    )
    prometheus_overrides: dict[str, str] = Field(
        default={},
        repr=False,
        description="JSON: service id → URL of the Prometheus to ask instead of the catalog's",
    )
    pagerduty_url: str = Field(
        default="https://events.pagerduty.com/v2/enqueue", description="PagerDuty Events API v2"
    )
    pagerduty_routing_key: SecretStr = Field(
        default=SecretStr(""), description="routing key; no paging if not set"
    )
    pagerduty_team_keys: dict[str, SecretStr] = Field(
        default={}, description="JSON: team's handle → its own routing key, for `/incident page`"
    )
    alert_tokens: dict[str, SecretStr] = Field(
        default={},
        description="JSON: `alertmanager`, or a name of the catalog's `alert_sources` → the bearer token "
        "that it sends with its alerts; `pagerduty` → the secret of its webhooks (docs/alerts.md)",
    )
    webhooks: dict[str, SecretStr] = Field(
        default={},
        description="JSON: address → its `whsec_…` secret: who is told of what happens to incidents "
        "(docs/webhooks.md)",
    )
    pagerduty_api_url: str = Field(
        default="https://api.pagerduty.com",
        description="PagerDuty REST API v2; `https://api.eu.pagerduty.com` for accounts in the EU",
    )
    pagerduty_api_token: SecretStr = Field(
        default=SecretStr(""),
        description="of PagerDuty's REST API, read-only is enough: for schedules of `kind: pagerduty` and "
        "whether a page opened an incident and who acknowledged it; without it neither is known",
    )
    budget_declarations: int = Field(
        default=5, ge=1, description="incidents a person may declare in a minute"
    )
    budget_plans: int = Field(default=20, ge=1, description="changes a person may ask for in a minute")
    budget_looks: int = Field(default=60, ge=1, description="looks at services a person may take in a minute")
    budget_refusals: int = Field(
        default=60, ge=1, description="refusals of a person in a minute that are kept; then all is refused"
    )
    groups_max_age_s: int = Field(
        default=900, ge=10, description="how old group membership may be for a change"
    )
    watch_poll_s: float = Field(
        default=3.0, gt=0, description="seconds between two looks at a running change"
    )
    hard_restarts: bool = Field(
        default=True,
        description="whether `/restart SERVICE --hard` may delete and create a deployment; where not, "
        "`muster manifest rbac` prints neither right",
    )
    autoscaler_sync_s: float = Field(
        default=15.0,
        ge=0,
        description="seconds in which a Kubernetes cluster's autoscalers look once; a count that one of them "
        "may set back is watched so long",
    )
    scaling_check_s: float = Field(
        default=60.0,
        ge=0,
        description="seconds in which the alarms of AWS's Application Auto Scaling look once; a count that "
        "it may set back is watched so long",
    )
    watch_longest_s: float = Field(
        default=1800.0,
        gt=0,
        description="seconds until a watch gives up as unknown, if the plan names no longer time",
    )
    redelivery_s: float = Field(
        default=30.0, gt=0, description="seconds until another worker takes over a dead one's work"
    )
    retry_s: float = Field(default=20.0, gt=0, description="seconds until a step that failed is taken again")
    slack_waits_s: float = Field(
        default=3.0, gt=0, description="seconds that Slack waits for an answer; changed only to play"
    )
    post_every_s: float = Field(default=1.0, ge=0, description="seconds between two writes to one channel")
    log_level: str = Field(
        default="INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="the least that Muster logs of itself: DEBUG, INFO, WARNING or ERROR",
    )

    @field_validator("teams", mode="before")
    @classmethod
    def _may_be_text(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        return tuple(one.strip() for one in given.split(",") if one.strip())

    @field_validator("teams")
    @classmethod
    def _are_workspaces(cls, teams: tuple[str, ...]) -> tuple[str, ...]:
        for one in teams:
            if not re.fullmatch(r"T[A-Z0-9]{2,}", one):
                raise ValueError(f"{one!r} is no workspace's id; they begin with T: T012AB3CD,T045EF6GH")
        return teams

    @field_validator("alert_tokens")
    @classmethod
    def _are_long(cls, tokens: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, token in tokens.items():
            if len(token.get_secret_value()) < 16:
                why = "it is too short to be a token; make one with: openssl rand -hex 32"
                raise ValueError(f"{name[:40]}: {why}")
        return tokens

    @field_validator("webhooks")
    @classmethod
    def _are_endpoints(cls, webhooks: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for url, secret in webhooks.items():
            try:
                must_be_endpoint(url)
                key_of(secret.get_secret_value())
            except ValueError as error:
                raise ValueError(f"{url.partition('?')[0][:80]}: {error}") from error
        return webhooks

    @field_validator("audit_key")
    @classmethod
    def _is_long(cls, key: SecretStr) -> SecretStr:
        if 0 < len(key.get_secret_value()) < 32:
            raise ValueError("it is too short to keep a seal; make one with: openssl rand -hex 32")
        return key

    def require_slack(self) -> None:
        """Refuse to start half-configured: without a secret, requests could not be told from forged ones.

        Raises NotConfigured.
        """
        of_transport = (
            ("slack_signing_secret", "from Basic Information")
            if self.transport == "http"
            else ("slack_app_token", "xapp-…, from Basic Information, App-Level Tokens")
        )
        basics = "from Basic Information"
        needed = [("slack_bot_token", "xoxb-…, from OAuth & Permissions"), of_transport]
        if self.slack_refresh_token.get_secret_value():  # the access token comes by it
            needed[:1] = [("slack_client_id", basics), ("slack_client_secret", basics)]
        given = {name: getattr(self, name) for name, _ in needed}
        missing = [
            f"MUSTER_{name.upper()} ({where})"
            for name, where in needed
            if not (given[name].get_secret_value() if isinstance(given[name], SecretStr) else given[name])
        ]
        if missing:
            raise NotConfigured(f"Set {' and '.join(missing)}. docs/install.md says how.")
