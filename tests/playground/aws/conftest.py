"""A paced AWS on a loopback port, a clock that the test moves, and clients for it."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import boto3
import pytest
from botocore.config import Config

from playground.aws import AwsConfig, Running, serve
from playground.faults import FaultBoard

T = TypeVar("T")


@dataclass
class Clock:
    """A time that only the test moves; `step` is what each look adds, for waiters that poll."""

    at: datetime = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    step: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        self.at += self.step
        return self.at

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Cloud:
    """The running endpoint with everything a test needs to drive it."""

    running: Running
    clock: Clock
    faults: FaultBoard
    clients: list[Any] = field(default_factory=list[Any])

    def client(self, service: str, region: str = "us-east-1", key: str = "AKIATEST", retries: int = 0) -> Any:
        made = boto3.client(
            service,
            endpoint_url=self.running.url,
            region_name=region,
            aws_access_key_id=key,
            aws_secret_access_key="secret",
            config=Config(retries={"total_max_attempts": retries + 1, "mode": "standard"}),
        )
        self.clients.append(made)
        return made

    async def cli(self, *words: str, region: str = "us-east-1") -> tuple[int, str, str]:
        """Run the stock command line; exit code, output and errors. Skips where it is not installed."""
        aws = shutil.which("aws")
        if aws is None:
            pytest.skip("the AWS command line is not installed here")
        settings = {
            "PATH": os.defpath + os.pathsep + str(Path(aws).parent),
            "AWS_ACCESS_KEY_ID": "AKIACLI",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_ENDPOINT_URL": self.running.url,
            "AWS_DEFAULT_REGION": region,
            "AWS_PAGER": "",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.PIPE}
        process = await asyncio.create_subprocess_exec(aws, *words, env=settings, **pipes)
        out, err = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()


@pytest.fixture
async def cloud() -> AsyncIterator[Cloud]:
    clock, faults = Clock(), FaultBoard()
    config = AwsConfig(clock, pace_s=2.0, faults=faults, autoscaler_after_s=6.0)
    async with serve(config) as running:
        made = Cloud(running, clock, faults)
        yield made
        for client in made.clients:
            client.close()


async def off_loop(work: Callable[[], T]) -> T:
    """Run blocking boto3 code beside the loop that serves it."""
    return await asyncio.to_thread(work)
