"""Serverless Framework: a stack, and the stored templates of its deployments put back."""

from backends.serverless.adapter import Serverless
from backends.serverless.target import ServerlessTarget
from backends.shared import Kind, Shared

__all__ = ["KIND", "Serverless", "ServerlessTarget"]


def _build(shared: Shared) -> Serverless:
    told = shared.settings
    return Serverless(shared.aws, told.clock, told.poll_s, told.sleep)


KIND = Kind("serverless", ServerlessTarget, _build)
