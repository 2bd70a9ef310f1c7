"""The cluster behind the API: the store, the controllers, and the loop that lets time pass."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from playground.faults import FaultBoard
from playground.kubernetes.autoscaler import Autoscaler
from playground.kubernetes.collector import collect
from playground.kubernetes.daemonsets import DaemonSetController
from playground.kubernetes.deployments import DeploymentController
from playground.kubernetes.keda import mirror
from playground.kubernetes.kubelet import Kubelet
from playground.kubernetes.podlogs import PodLogs
from playground.kubernetes.recorder import Recorder
from playground.kubernetes.replicasets import ReplicaSetController
from playground.kubernetes.resources import Resource
from playground.kubernetes.rollouts import RolloutController
from playground.kubernetes.statefulsets import StatefulSetController
from playground.kubernetes.store import Store

MODEL_S_PER_PACE = 20
"""A pod takes about 20 s to start in a real cluster and one pace here; deadlines shrink alike."""

SETTLE_ROUNDS = 50


class Cluster:
    """Everything in memory. pace_s: seconds that one pod takes to start.

    installed: the custom kinds that are served.
    """

    def __init__(self, now: Callable[[], datetime], faults: FaultBoard, pace_s: float, history: int) -> None:
        self.store = Store(now, history)
        self.logs = PodLogs()
        self.recorder = Recorder(self.store)
        self.installed: set[Resource] = set()
        self._tick_s = max(pace_s / 4, 0.005)
        model_s = pace_s / MODEL_S_PER_PACE
        self._deployments = DeploymentController(self.store, self.recorder, model_s)
        self._replicasets = ReplicaSetController(self.store, self.recorder, model_s)
        self._statefulsets = StatefulSetController(self.store, self.recorder)
        self._daemonsets = DaemonSetController(self.store, self.recorder)
        self._rollouts = RolloutController(self.store, self.recorder, model_s)
        self._kubelet = Kubelet(self.store, self.recorder, self.logs, faults, pace_s)
        self._autoscaler = Autoscaler(self.store, self.recorder, pace_s)

    def settle(self) -> None:
        """Let every controller act until none has anything more to do at this moment."""
        now = self.store.now()
        for _ in range(SETTLE_ROUNDS):
            before = self.store.version
            collect(self.store)
            mirror(self.store)
            self._autoscaler.step(now)
            self._deployments.step(now)
            self._replicasets.step(now)
            self._statefulsets.step()
            self._daemonsets.step()
            self._rollouts.step(now)
            self._kubelet.step(now)
            if self.store.version == before:
                return

    async def run(self) -> None:
        """Settle again and again: soon after every write, and as time passes. Ends by cancellation."""
        waker = asyncio.Event()
        self.store.wakers.add(waker)
        try:
            while True:
                self.settle()
                waker.clear()
                try:
                    async with asyncio.timeout(self._tick_s):
                        await waker.wait()
                except TimeoutError:
                    continue
        finally:
            self.store.wakers.discard(waker)
