"""Serverless Framework: a stack, and the stored templates of its deployments put back."""

from backends.serverless.adapter import Serverless
from backends.serverless.target import ServerlessTarget
from backends.shared import Kind

__all__ = ["KIND", "Serverless", "ServerlessTarget"]


KIND = Kind("serverless", ServerlessTarget, Serverless.build)
