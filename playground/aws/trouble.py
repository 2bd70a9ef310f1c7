"""Trouble that a player may switch on: many requests of delivery-standard fail, and everything says so."""

from dataclasses import replace
from datetime import datetime, timedelta

from playground.aws.cloud import Cloud
from playground.aws.log_lines import Trouble
from playground.aws.series import Surge
from playground.aws.services.logs import LogsState

FAULT = "errors-rise"
REGION = "us-east-1"
GROUP = "/ecs/delivery-standard-prod"
RISES = (("HTTPCode_Target_5XX_Count", 300.0), ("TargetResponseTime", 9.0))
SAYS = "connection refused: upstream usage-store:5432"
ALWAYS = timedelta(days=3650)


def heed(world: Cloud, fault: str, on: bool) -> None:
    """From now on the metrics rise and the logs say why, or no longer do; what happened stays."""
    if fault == FAULT and on:
        _begin(world, world.now())
    elif fault == FAULT:
        _end(world, world.now())


def _begin(world: Cloud, now: datetime) -> None:
    region = world.region(REGION)
    region.metrics.surges += [Surge(metric, factor, now, now + ALWAYS) for metric, factor in RISES]
    group = region.state(LogsState).groups[GROUP]
    if group.program is not None:
        trouble = (*group.program.trouble, Trouble(now, now + ALWAYS, SAYS))
        group.program = replace(group.program, trouble=trouble)


def _end(world: Cloud, now: datetime) -> None:
    region = world.region(REGION)
    region.metrics.surges = [
        replace(one, until=now) if one.until and one.until > now else one for one in region.metrics.surges
    ]
    group = region.state(LogsState).groups[GROUP]
    if group.program is not None:
        ended = (replace(one, end=min(one.end, now)) for one in group.program.trouble)
        group.program = replace(group.program, trouble=tuple(ended))
