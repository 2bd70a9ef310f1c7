"""How a service is: its URLs, its target and its thresholds, looked at together."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from model.catalog.schema import HealthCheck, Service
from model.change_backend import parts
from model.health import Check, Health, Verdict, worst
from model.ports.backend import Backend, BackendError, Observable

Probe = Callable[[Sequence[HealthCheck]], Awaitable[tuple[Check, ...]]]
"""Asks health URLs; never raises, an unreachable URL is a sign that says so."""


class HealthChecker:
    """Health over everything that is configured for a service."""

    def __init__(self, backends: Mapping[str, Backend], probe: Probe) -> None:
        self._backends, self._probe = backends, probe

    async def of(self, service: Service) -> Health:
        """The verdict and its signs, worst first. Never raises: what cannot be seen is `unknown`."""
        watched = [self._seen(part, backend) for part, backend in parts(service, self._backends, Observable)]
        urls, *targets = await asyncio.gather(self._probe(service.health), *watched)
        signs = (*urls, *(sign for target in targets for sign in target))
        verdict, reason = worst(signs)
        order = (Verdict.DOWN, Verdict.DEGRADED, Verdict.UNKNOWN, Verdict.OK)
        ranked = tuple(sorted(signs, key=lambda sign: order.index(sign.verdict)))
        return Health(service=service.id, verdict=verdict, reason=reason, signs=ranked)

    async def _seen(self, service: Service, backend: Observable) -> tuple[Check, ...]:
        try:
            return (await backend.health(service)).signs
        except BackendError as error:
            why = f"{error.what} {error.next}".strip()
            return (Check(name=service.target.kind, value=error.fault, verdict=Verdict.UNKNOWN, why=why),)
