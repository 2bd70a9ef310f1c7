"""One operation as one message, from plan to verdict."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement, ConfirmObject

from bot.ids import ActionId
from bot.views.blocks import SECTION, actions, button, context, message, section, sure
from bot.views.message import Message, elapsed, safe, when
from bot.views.people_text import people_text
from model.health import Verdict
from model.operations.state import Operation, Phase, StepState
from model.plan import Plan, Progress, RiskTier, Warning
from model.slash import slash

RUN, APPROVE, CANCEL = ActionId("op", "run"), ActionId("op", "approve"), ActionId("op", "cancel")
DETAILS, UNDO = ActionId("op", "details"), ActionId("op", "undo")
ABORT, STOP_WATCHING = ActionId("op", "abort"), ActionId("op", "stop-watching")
_CAUTION = {"stop": "🛑 Not possible", "warn": "⚠️ Careful", "note": "Note"}
_ROOM = 90
"""Characters of a headline for what changes: two lines on a phone."""

_VERDICT = {Verdict.OK: "ok", Verdict.DEGRADED: "degraded", Verdict.DOWN: "down", Verdict.UNKNOWN: "unknown"}


def card(operation: Operation, now: datetime) -> Message:
    """The message of an operation, as it stands."""
    headline = _headline(operation)
    blocks = [section(f"*{headline}*"), *_body(operation)]
    blocks.append(context(_small_print(operation)))
    if buttons := _buttons(operation, now):
        blocks.append(actions(*buttons))
    return message(_words(operation, headline), blocks)


def describe(operation: Operation) -> str:
    """The change in a few words: `architect-api: minimum 3 → 4, maximum 20 → 12`.

    It is all that the headline and the Run dialog say, so what does not fit is counted.
    """
    if not operation.plan or not operation.plan.deltas:
        return safe(slash(operation.line), 200)
    all_of_them = [f"{one.what} {one.before} → {one.after}" for one in operation.plan.deltas]
    shown = all_of_them[:1]
    for one in all_of_them[1:]:
        if len(", ".join([*shown, one])) > _ROOM:
            break
        shown.append(one)
    left = len(all_of_them) - len(shown)
    more = f", and {left} more" if left else ""
    return f"{operation.service}: {safe(', '.join(shown))}{more}"


def summary(operation: Operation) -> str:
    """The whole operation in one line, for timelines and histories."""
    return f"{operation.id} {_state(operation)}: {describe(operation)}"


def _headline(operation: Operation) -> str:
    match operation.phase:
        case Phase.ASKED:
            doing = f"waits · {describe(operation)}" if operation.waits else f"reading {operation.service}"
            return f"{operation.id} · {doing}"
        case Phase.PLANNED if operation.dry:
            return f"{operation.id} · dry run · {describe(operation)}"
        case Phase.PLANNED:
            return f"{operation.id} · plan · {describe(operation)}"
        case _:
            return f"{operation.id} · {_state(operation)} · {describe(operation)}"


def _state(operation: Operation) -> str:
    match operation.phase:
        case Phase.SUCCEEDED:
            if operation.undone_by:
                return f"✅ Done, undone by {operation.undone_by}"
            return "🔴 Done, and worse" if operation.verdict == "worse" else "✅ Done"
        case Phase.FAILED:
            return "🔴 Failed"
        case Phase.UNKNOWN:
            return "❔ Outcome unknown"
        case Phase.TURNED_DOWN:
            return "Not possible"
        case Phase.READY:
            return "waits" if operation.waits else "starting"
        case Phase.SUPERSEDED:
            by = operation.superseded_by
            return f"taken back by {by}" if operation.undone_by else f"superseded by {by}"
        case Phase.AWAITING_APPROVAL:
            return "waits for approval"
        case Phase.DROPPED:
            return f"dropped: {safe(operation.what, 100)}"
        case phase:
            return str(phase)


def _body(operation: Operation) -> list[Block]:
    match operation.phase:
        case Phase.ASKED:
            return [section(people_text(operation.says))] if operation.says else []
        case Phase.PLANNED | Phase.AWAITING_APPROVAL:
            return _plan(operation)
        case Phase.READY if operation.says:
            return [section(people_text(operation.says, 900))]
        case Phase.READY | Phase.APPLYING | Phase.WATCHING:
            return [section(progress(operation))]
        case Phase.TURNED_DOWN:
            again = [section(f"To ask again: `{safe(slash(operation.line), 300)}`")] if operation.plan else []
            return [section(_join(safe(operation.what), safe(operation.instead))), *again]
        case Phase.SUCCEEDED | Phase.FAILED | Phase.UNKNOWN:
            return [section(_result(operation))]
        case Phase.CANCELLED:
            return [section(_cancelled(operation))]
        case Phase.DROPPED:
            began = "It had not begun." if operation.confirmed_by else "Nobody had run it."
            return [section(f"{began} Nothing was changed. To ask again: `{safe(slash(operation.line))}`")]
        case Phase.SUPERSEDED:
            return [section(_superseded(operation))]
        case Phase.EXPIRED:
            why = safe(operation.what, 600) or "Nobody ran it in time."
            return [section(f"{why} Nothing was changed. To ask again: `{safe(slash(operation.line))}`")]


def _cancelled(operation: Operation) -> str:
    """Who dropped it, and why where they said so: the asker may be somebody else."""
    who = f"By {operation.cancelled_by.mention}" if operation.cancelled_by else ""
    why = f"{who}: {safe(operation.what, 600)}" if who and operation.what else who
    return _join(f"{why.rstrip('.')}." if why else "", "Nothing was changed.")


def _plan(operation: Operation) -> list[Block]:
    plan = operation.plan
    assert plan is not None
    if plan.changes_nothing:
        return [section("It is so already: there is nothing to do."), *_cautions(plan)]
    changes = plan.deltas if len(plan.deltas) != 1 or len(plan.deltas[0].after) > _ROOM else ()
    told = [f"• {safe(one.what, 200)}: {safe(one.before, 300)} → *{safe(one.after)}*" for one in changes]
    lines: list[str] = []
    if operation.assumed:
        lines.append(f"`{operation.service}` is this incident's service; it was not typed.")
    if operation.says:
        lines.append(people_text(operation.says))
    blocks: list[Block] = [section(text) for text in (*_packed(told), "\n".join(lines)) if text]
    blocks += _cautions(plan)
    blocks.append(section(_what_it_takes(operation, plan)))
    return blocks


def _packed(lines: Sequence[str]) -> list[str]:
    """Whole lines, as many to a section as fit: what people agree to is not cut."""
    packed: list[str] = []
    for line in lines:
        if packed and len(packed[-1]) + len(line) < SECTION:
            packed[-1] += f"\n{line}"
        else:
            packed.append(line)
    return packed


def _what_it_takes(operation: Operation, plan: Plan) -> str:
    calls = ", ".join(f"`{step.call}`" for step in plan.steps)
    lines = [f"*Calls* {calls}", f"*Undo* {safe(plan.undo)}"]
    if operation.needs and operation.phase is Phase.AWAITING_APPROVAL:
        left = operation.needs - len(operation.approved_by)
        who = " or ".join(safe(name) for name in operation.needs_from) or "another person"
        lines.append(f"*Approval* {left} more needed, by {who}")
    elif operation.needs:
        who = " or ".join(safe(name) for name in operation.needs_from) or "another person"
        lines.append(f"*Approval* after Run, {operation.needs} needed, by {who}")
    if operation.supersedes:
        lines.append(f"*Supersedes* {operation.supersedes}, which ends when this starts")
    if operation.needs_reason:
        lines.append("*Reason* Run asks for one")
    if operation.needs_typed:
        lines.append(f"*Count* Run asks for {operation.needs_typed} once more")
    if operation.expires_at:
        lines.append(f"*Good until* {when(operation.expires_at)}")
    return "\n".join(lines)


def _cautions(plan: Plan) -> list[Block]:
    """At most three, worst first."""
    order = ("stop", "warn", "note")
    ranked = sorted(plan.cautions, key=lambda caution: order.index(caution.level))[:3]
    return [section(_caution(caution)) for caution in ranked]


def _caution(caution: Warning) -> str:
    return f"*{_CAUTION[caution.level]}:* {_join(safe(caution.text), safe(caution.instead))}"


def progress(operation: Operation) -> str:
    """What is going on, in a bar that a screen reader can read too."""
    lines: list[str] = []
    seen = operation.progress
    if seen and seen.wanted + seen.running:
        lines.append(f"`{bar(seen)}` {counts(seen)}")
    else:
        done = operation.steps.count(StepState.DONE)
        lines.append(f"Calls made: {done} of {len(operation.steps)}")
    if seen and seen.why:
        lines.append(f"⚠️ {safe(seen.why, 600)}")
    if seen and seen.last_event:
        lines.append(safe(seen.last_event, 600))
    if operation.started_at:
        until = operation.watched_until
        longest = f" · watched until {when(until)} at the latest" if until else ""
        lines.append(f"Since {when(operation.started_at)}{longest}")
    return "\n".join(lines)


def bar(seen: Progress) -> str:
    """Ten cells: full ones run, half ones start, crosses failed."""
    total = max(seen.wanted, seen.running + seen.starting, 1)
    full = round(10 * min(seen.running, total) / total)
    starting = min(10 - full, round(10 * seen.starting / total))
    return "█" * full + "▒" * starting + "░" * (10 - full - starting)


def counts(seen: Progress) -> str:
    """`4 of 6 running · 1 starting · 1 failed`."""
    parts = [f"{seen.running} of {seen.wanted} running"]
    parts += [f"{seen.starting} starting"] if seen.starting else []
    parts += [f"{seen.failed} failed"] if seen.failed else []
    return " · ".join(parts)


def _superseded(operation: Operation) -> str:
    by = operation.superseded_by
    seen = operation.progress.why if operation.progress else ""
    last = f" Last seen: {safe(seen, 600)}" if seen else ""
    return f"Its calls were made; {by} started before its end was seen.{last}"


def _stopped(operation: Operation) -> list[str]:
    """What is known of an operation that somebody stopped watching."""
    assert operation.stopped_by is not None
    why = f": {safe(operation.what, 600)}" if operation.what else "."
    seen = operation.progress.why if operation.progress else ""
    last = f"⚠️ Last seen: {safe(seen, 600)}" if seen else "Nothing was seen to fail."
    return [f"{operation.stopped_by.mention} stopped watching it{why}", last, _next(operation)]


def _result(operation: Operation) -> str:
    lines: list[str] = []
    if operation.stopped_by is not None:
        lines += _stopped(operation)
    elif operation.phase is Phase.SUCCEEDED:
        lines += [counts(operation.progress)] if operation.progress and operation.progress.wanted else []
    else:
        lines.append(_join(safe(operation.what, 1200), ""))
        lines.append(_done_and_not(operation))
        lines.append(f"*Next* {safe(operation.instead)}" if operation.instead else _next(operation))
    if operation.says:
        label = "" if operation.verdict == "unknown" else "*Verified* "
        lines.append(f"{label}{safe(operation.says)}")
    lines += _figures(operation)
    if operation.started_at and operation.ended_at:
        lines.append(f"Took {elapsed(operation.ended_at - operation.started_at)}.")
    return "\n".join(line for line in lines if line)


def _figures(operation: Operation) -> list[str]:
    """The service's own signs before and after, only those that moved or are not well."""
    if operation.before is None or operation.after is None:
        return []
    before = {sign.name: sign for sign in operation.before.signs}
    lines: list[str] = []
    for sign in operation.after.signs:
        was = before.get(sign.name)
        if was and (was.value != sign.value or sign.verdict is not Verdict.OK):
            lines.append(
                f"• {safe(sign.name)}: {safe(was.value)} → {safe(sign.value)} ({_VERDICT[sign.verdict]})"
            )
    return lines[:6]


def _done_and_not(operation: Operation) -> str:
    """What was and what was not done, call by call."""
    assert operation.plan is not None
    done = [
        s.call
        for s, state in zip(operation.plan.steps, operation.steps, strict=True)
        if state is StepState.DONE
    ]
    rest = [
        s.call
        for s, state in zip(operation.plan.steps, operation.steps, strict=True)
        if state is not StepState.DONE
    ]
    said = f"*Done* {', '.join(f'`{call}`' for call in done) or 'nothing'}"
    if rest:
        doubt = " (may have had an effect)" if operation.sent or operation.phase is Phase.UNKNOWN else ""
        said += f" · *Not done* {', '.join(f'`{call}`' for call in rest)}{doubt}"
    return said


def _next(operation: Operation) -> str:
    return (
        f"*Next* Look with `{slash('health')} {operation.service}` and "
        f"`{slash('history')} {operation.service}`."
    )


def _small_print(operation: Operation) -> str:
    parts = [f"Asked by {operation.asked_by.mention}"]
    if operation.because:
        parts.append(f"because {safe(operation.because, 500)}")
    if operation.confirmed_by and operation.confirmed_by != operation.asked_by:
        parts.append(f"run by {operation.confirmed_by.mention}")
    if operation.approved_by:
        parts.append(f"approved by {', '.join(person.mention for person in operation.approved_by)}")
    if operation.incident:
        parts.append(operation.incident)
    if operation.undoes:
        parts.append(f"undoes {operation.undoes}")
    if operation.breaks_glass:
        parts.append("*break-glass*, to be reviewed")
    return " · ".join(parts)


def _buttons(operation: Operation, now: datetime) -> list[ButtonElement]:
    match operation.phase:
        case Phase.PLANNED if not operation.dry and operation.plan and not operation.plan.changes_nothing:
            return [_run(operation, operation.plan), *_drop(operation)]
        case Phase.AWAITING_APPROVAL:
            approve = button("Approve", APPROVE, pressed(operation), "primary", _sure(operation, "Approve"))
            return [approve, *_drop(operation)]
        case Phase.READY:
            return _drop(operation)
        case Phase.ASKED if operation.waits:
            return [button("Cancel", CANCEL, operation.id)]
        case Phase.WATCHING:
            return _ways_out(operation)
        case _ if operation.may_be_undone(now):
            return [button("Undo", UNDO, operation.id), _details(operation)]
        case _ if operation.plan is not None and operation.plan.steps:
            return [_details(operation)]
        case _:
            return []


def pressed(operation: Operation) -> str:
    """What Run and Approve carry: the operation, and which of its plans stands above the button."""
    return f"{operation.id} {operation.mark}".strip()


def _run(operation: Operation, plan: Plan) -> ButtonElement:
    """Danger style from R2 up; a missing reason and R3's typed name get a dialog of their own."""
    style = "danger" if plan.tier >= RiskTier.R2 else "primary"
    has_dialog = operation.needs_reason or operation.needs_typed
    asks = _sure(operation, "Run") if plan.tier is RiskTier.R2 and not has_dialog else None
    return button("Run", RUN, pressed(operation), style, asks)


def _sure(operation: Operation, verb: str) -> ConfirmObject:
    return sure(f"{verb} {operation.id}?", describe(operation), verb)


def _ways_out(operation: Operation) -> list[ButtonElement]:
    """Of an operation that is watched: first once something fails."""
    is_failing = operation.progress is not None and bool(operation.progress.why)
    abort = button("Abort and undo", ABORT, operation.id, "danger" if is_failing else None)
    told = "Its target is free then. What it did stays; its outcome is recorded as unknown."
    asks = sure(f"Stop watching {operation.id}?", told, "Stop watching")
    stop = button("Stop watching", STOP_WATCHING, operation.id, None, asks)
    ways = [*([abort] if operation.may_be_aborted else []), stop]
    return [*ways, _details(operation)] if is_failing else [_details(operation), *ways]


def _drop(operation: Operation) -> list[ButtonElement]:
    return [button("Cancel", CANCEL, operation.id), _details(operation)]


def _details(operation: Operation) -> ButtonElement:
    return button("Details", DETAILS, operation.id)


def _words(operation: Operation, headline: str) -> str:
    parts = [headline]
    if operation.phase in {Phase.APPLYING, Phase.WATCHING} and operation.progress:
        parts.append(counts(operation.progress))
    is_said = operation.phase is Phase.DROPPED
    parts += [safe(operation.what, 500)] if operation.is_over and operation.what and not is_said else []
    return ". ".join(parts)


def _join(first: str, second: str) -> str:
    return f"{first} {second}".strip()
