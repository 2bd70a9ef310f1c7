"""What people type and press in a world, when processes die or stand still, what others change."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from tests.simulation.cloud import BAD
from tests.simulation.process import GROUPS, SERVICES

SEVERITIES = {
    "architect-api": ("P1", "P2", "P3", "P4"),
    "delivery-standard": ("Critical", "High", "Medium", "Low"),
}


@dataclass(frozen=True)
class Act:
    """One thing that happens: at what second, who, what.

    `{inc}`, `{mnt}` and `{word}` stand for what is only known then: an incident, a maintenance, a word that
    nobody else says. room: typed in the channel of an incident, where there is one.
    """

    at_s: float
    who: str
    what: str
    room: bool = False

    def __str__(self) -> str:
        return f"{self.at_s:7.1f} s  {self.who:6} {'(room) ' if self.room else ''}{self.what}"


def schedule(dice: Random) -> list[Act]:
    """A world has changes; most have an incident, some a maintenance, a second process, or Slack away."""
    acts = list(_changes(dice))
    end_s = acts[-1].at_s
    for _ in range(dice.choice((0, 1, 1, 1, 2))):
        acts += _incident(dice, end_s)
    if dice.random() < 0.25:
        acts += _maintenance(dice, end_s)
    end_s = max(act.at_s for act in acts)
    acts += _trouble(dice, end_s)
    return sorted(acts, key=lambda act: act.at_s)


def _trouble(dice: Random, end_s: float) -> Iterator[Act]:
    """What happens to Muster itself, and to what it hangs on."""
    for _ in range(dice.choice((0, 0, 1, 3))):
        yield Act(dice.uniform(0, end_s), "-", f"crash {dice.randint(1, 60)}")
    if dice.random() < 0.3:
        yield Act(dice.uniform(0, end_s), "-", f"drift {dice.choice(SERVICES)}")
    if dice.random() < 0.2:
        yield Act(dice.uniform(0, end_s), "-", f"slack-away {dice.choice((20, 200, 1500))}")
    if dice.random() < 0.4:
        begins_s = dice.uniform(0, end_s)
        yield Act(begins_s, "-", "another process")
        for _ in range(dice.choice((1, 2, 3))):
            stands = f"stands {dice.choice((5, 30, 90, 400))} {dice.randint(1, 60)}"
            yield Act(dice.uniform(begins_s, end_s), "-", stands)


def _changes(dice: Random) -> Iterator[Act]:
    at_s = 0.0
    for _ in range(dice.randint(3, 11)):
        at_s += dice.choice((0.2, 2.0, 10.0, 45.0, 200.0))
        who, service, room = dice.choice(sorted(GROUPS)), dice.choice(SERVICES), dice.random() < 0.3
        what = dice.choice(_WANTS).replace("{service}", service).replace("{n}", str(dice.randint(1, 12)))
        yield Act(at_s, who, what, room)
        if not what.startswith("press") and dice.random() < 0.7:
            at_s += dice.choice((4.0, 8.0))
            yield Act(at_s, who, "press run")
        if not what.startswith("press") and dice.random() < 0.25:
            yield from _rivals(dice, at_s, service)


def _rivals(dice: Random, at_s: float, service: str) -> Iterator[Act]:
    """Two people want different things of one service, and run them at the same moment."""
    first, second = ("U0ANA", "U0SAM")
    wants = [
        dice.choice(_WANTS[:7]).replace("{service}", service).replace("{n}", str(dice.randint(1, 12)))
        for _ in range(2)
    ]
    yield Act(at_s + 0.1, first, wants[0])
    yield Act(at_s + 0.2, second, wants[1])
    pressed_s = at_s + 7 + dice.random()
    yield Act(pressed_s, first, "press run 2")
    yield Act(pressed_s + dice.choice((0.0, 0.5, 2.0, 5.0)), second, "press run 1")


_WANTS = (
    "scale {service} {n} because load", "scale {service} {n} queue because load",
    f"deploy {{service}} {BAD} because new", "deploy {service} v2 because new",
    "deploy {service} v3 queue because next", "rollback {service} because errors",
    "restart {service} because stuck", "undo because wrong", "press run", "press approve",
    "press cancel", "press abort", "press abort", "press stop-watching", "press undo",
)  # fmt: skip


def _incident(dice: Random, end_s: float) -> Iterator[Act]:
    """Somebody declares it, others do what they think of, and mostly somebody resolves it."""
    at_s, service = dice.uniform(0, end_s), dice.choice(SERVICES)
    severities = SEVERITIES[service]
    who = dice.choice(sorted(GROUPS))
    yield Act(at_s, who, f"incident declare {dice.choice(severities)} {service} {{word}}")
    for _ in range(dice.randint(3, 10)):
        at_s += dice.choice((0.3, 5.0, 40.0, 200.0, 500.0, 1400.0))
        what = dice.choice(_TENDS)
        if "{severity}" in what:
            what = what.replace("{severity}", dice.choice(severities))
        what = what.replace("{minutes}", str(dice.choice((1, 5, 20, 60))))
        what = what.replace("{who}", dice.choice(sorted(GROUPS)))
        yield Act(at_s, dice.choice((who, *sorted(GROUPS))), what, dice.random() < 0.5)
    if dice.random() < 0.8:
        at_s += dice.choice((0.3, 5.0, 40.0, 200.0))
        yield Act(at_s, "U0ANA", "incident resolve {word} incident={inc}", dice.random() < 0.5)


_TENDS = (
    "incident ack incident={inc}", "incident ack incident={inc}", "incident role ic <@{who}> incident={inc}",
    "incident role comms <@{who}> incident={inc}", "incident note {word} incident={inc}",
    "incident note {word} incident={inc}", "incident update {word} incident={inc}",
    "incident update {word} next={minutes}m incident={inc}",
    "incident update {word} next={minutes}m incident={inc}",
    "incident update Identified {word} next={minutes}m incident={inc}",
    "incident status Identified incident={inc}", "incident sev {severity} incident={inc} because {word}",
    "incident page architect-oncall {word} incident={inc}", "incident escalate incident={inc}",
    "incident resolve {word} incident={inc}", "incident reopen {word} incident={inc}",
    "incident tick assess incident={inc}",
)  # fmt: skip


def _maintenance(dice: Random, end_s: float) -> Iterator[Act]:
    """Announced, mostly begun and ended, now and then forgotten: then its end passes and is told."""
    at_s, service = dice.uniform(0, end_s), dice.choice(SERVICES)
    hours = dice.choice(("30m", "1h"))
    when = dice.choice(("{soon}", "{later}"))
    line = f"maintenance schedule {service} {when} {hours} {{word}} --emergency because it leaks"
    yield Act(at_s, dice.choice(("U0ANA", "U0SAM", "U0BEN", "U0EVE")), line)
    for what in ("tick backup {mnt}", "start {mnt}", "start {mnt}", "tick health {mnt}", "done {mnt} {word}"):
        at_s += dice.choice((1.0, 300.0, 900.0, 2400.0))
        if dice.random() < 0.8:
            yield Act(at_s, dice.choice(("U0ANA", "U0SAM", "U0BEN")), f"maintenance {what}")
    if dice.random() < 0.3:
        yield Act(at_s + 10, "U0ANA", "maintenance cancel {mnt} because it rains")
