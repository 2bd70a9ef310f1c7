"""The whole playground: a local Slack, local clouds, health URLs and a pager, started together."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from playground import aws, health_urls, kubernetes, pagerduty, slack
from playground.architect import NONE, RunningArchitect, Servers, furnished, started
from playground.crowd import NOBODY_ELSE, Crowd
from playground.faults import FaultBoard
from playground.organization import Organization
from playground.people import CHANNELS, GROUPS, PEOPLE

POOL_COMES_BACK_S = 60.0  # so that a person can put idle sessions out more than once


@dataclass(frozen=True)
class Plan:
    """How to start it. `pace_s`: seconds a task or pod takes. `slack_pace`: None has no rate limits.

    slack_waits_s: seconds that Slack waits for an answer and that a trigger is good for.
    iam, rbac: the policies and Roles that Muster is bound to here, as it prints them; empty for no bounds.
    crowd: people, groups and channels that have nothing to do with Muster.
    organization: the app is installed for all of it, the local workspace being its first.
    architect: servers of the Architect system that run already and are made as new, or `start` for all.
    """

    manifest: dict[str, Any]
    now: Callable[[], datetime]
    pace_s: float = 2.0
    slack_pace: slack.Pace | None = None
    port: int = 0
    autoscaler_after_s: float | None = None
    faults: FaultBoard = field(default_factory=FaultBoard)
    slack_waits_s: float = 3.0
    architect: Servers | Literal["start"] = NONE
    iam: tuple[str, ...] = ()
    rbac: str = ""
    crowd: Crowd = NOBODY_ELSE
    organization: Organization | None = None
    rotating: slack.Rotating | None = None


@dataclass(frozen=True)
class Environment:
    """Everything that runs, by its part."""

    slack: slack.Running
    aws: aws.Running
    kubernetes: kubernetes.Running
    health: health_urls.RunningHealth
    pager: pagerduty.RunningPager
    faults: FaultBoard
    architect: RunningArchitect
    slack_waits_s: float

    def settings(self) -> dict[str, Any]:
        """What a Muster that lives here is told, by the names of its settings."""
        config = self.slack.workspace.config
        rotates: dict[str, Any] = {}
        if config.rotating:
            rotates = {
                "slack_client_id": config.rotating.client_id,
                "slack_client_secret": config.rotating.client_secret,
                "slack_refresh_token": config.rotating.first,
            }
        return {
            **rotates,
            "slack_bot_token": "" if config.rotating else config.bot_token,
            "slack_app_token": self.slack.workspace.config.app_token,
            "slack_signing_secret": self.slack.workspace.config.signing_secret,
            "slack_api_url": self.slack.api_url,
            "slack_waits_s": self.slack_waits_s,
            "aws_endpoint_url": self.aws.url,
            "kube_api_url": self.kubernetes.url,
            "kube_token": kubernetes.MUSTER_TOKEN,
            "health_overrides": {"*": self.health.url},
            "pagerduty_url": f"{self.pager.url}/v2/enqueue",
            "pagerduty_routing_key": "R0LOCALPLAYGROUND0000000000000000"[:32],
            "pagerduty_team_keys": {"architect-owners": "R0ARCHITECTOWNERS000000000000000"[:32]},
            "pagerduty_api_url": self.pager.url,
            "pagerduty_api_token": pagerduty.TOKEN,
            **self.architect.settings(),
        }


@asynccontextmanager
async def running_environment(plan: Plan) -> AsyncGenerator[Environment]:
    """Start every server; all of them end with the block."""
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        org = plan.organization
        workspace = slack.WorkspaceConfig(
            users=(*PEOPLE, *plan.crowd.users, *(org.users if org else ())),
            groups=(*(org.groups if org else GROUPS), *plan.crowd.groups),
            channels=(*plan.crowd.channels, *CHANNELS, *(org.channels if org else ())),
            enterprise=org.enterprise if org else None,
            rotating=plan.rotating,
            manifest=plan.manifest,
            faults=plan.faults,
            pace=plan.slack_pace,
            now=plan.now,
            ack_timeout_s=plan.slack_waits_s,
            trigger_life_s=plan.slack_waits_s,
        )
        yield Environment(
            slack=await enter(slack.serve(workspace, port=plan.port)),
            aws=await enter(
                aws.serve(
                    aws.AwsConfig(
                        now=plan.now,
                        pace_s=plan.pace_s,
                        faults=plan.faults,
                        autoscaler_after_s=plan.autoscaler_after_s,
                        rights=aws.Rights.of(plan.iam) if plan.iam else None,
                    )
                )
            ),
            kubernetes=await enter(
                kubernetes.serve(
                    kubernetes.KubeConfig(
                        pace_s=plan.pace_s,
                        faults=plan.faults,
                        now=plan.now,
                        accounts=kubernetes.accounts(plan.rbac),
                    )
                )
            ),
            health=await enter(health_urls.serve(health_urls.HealthConfig(now=plan.now, faults=plan.faults))),
            pager=await enter(pagerduty.serve(pagerduty.PagerConfig(now=plan.now, faults=plan.faults))),
            faults=plan.faults,
            architect=await enter(_architect(plan)),
            slack_waits_s=plan.slack_waits_s,
        )


@asynccontextmanager
async def _architect(plan: Plan) -> AsyncGenerator[RunningArchitect]:
    """The servers of the Architect system: those that the plan has, or new ones."""

    def is_bad() -> bool:
        return plan.faults.is_on("health-down")

    async with AsyncExitStack() as stack:
        servers, comes_back_s = plan.architect, None
        if servers == "start":
            servers, comes_back_s = await stack.enter_async_context(started(plan.now)), POOL_COMES_BACK_S
        yield await stack.enter_async_context(furnished(servers, is_bad, comes_back_s))
