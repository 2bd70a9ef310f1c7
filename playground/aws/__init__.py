"""An AWS that moves at the pace of a player: ECS, Lambda and what they need, over HTTP."""

from playground.aws.endpoint import AwsConfig, Call, Running, serve
from playground.aws.rights import Rights
from playground.aws.seed import ACCOUNT, seed_systems

__all__ = ["ACCOUNT", "AwsConfig", "Call", "Rights", "Running", "seed_systems", "serve"]
