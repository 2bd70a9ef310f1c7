"""What the bot sends: an operation's plan and progress, an incident's headline and form."""

from typing import Any

Json = dict[str, Any]

START = 1_763_600_000


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(action_id: str, text: str, **rest: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": "OP-17", **rest}


def section(text: str, **rest: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **rest}


def context(text: str) -> Json:
    return {"type": "context", "elements": [mrkdwn(text)]}


PLAN = [
    {"type": "header", "block_id": "h", "text": plain("Scale architect-api from 2 to 6 pods")},
    section("Asked by <@UMONA> · eu-central-1 · production · risk *R1*", block_id="who"),
    {
        "type": "section",
        "block_id": "facts",
        "fields": [
            mrkdwn("*Desired*\n2 → 6 replicas"),
            mrkdwn("*Autoscaler*\n`architect-api` 2–10"),
            mrkdwn("*Undo*\n`/scale architect-api 2`"),
            mrkdwn(f"*Good until*\n<!date^{START + 1500}^{{time}}|09:18 UTC>"),
        ],
    },
    section(
        ":warning: The autoscaler may bring it back to 2 within five minutes. "
        "Set its minimum as well, or it will undo this.",
        block_id="warn",
    ),
    {
        "type": "actions",
        "block_id": "run",
        "elements": [
            button("op.run", "Run", style="primary"),
            button("op.cancel", "Cancel"),
            button("op.details", "Details"),
            {
                "type": "overflow",
                "action_id": "op.more",
                "options": [
                    {"text": plain("Copy as a command"), "value": "copy"},
                    {"text": plain("Ask for approval"), "value": "ask"},
                ],
            },
        ],
    },
    context("OP-17 · calls `PATCH …/deployments/architect-api/scale` once"),
]

PROGRESS = [
    section(":large_yellow_circle: *Rolling back* `delivery-standard` to revision 41", block_id="p1"),
    section("```▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░  4 of 6 running · 1 starting · 1 failed: image pull```", block_id="p2"),
    context(
        f"1 min 12 s · last event <!date^{START + 1400}^{{ago}}|09:15 UTC>: task `a41f` pulled its image"
    ),
    {
        "type": "actions",
        "block_id": "stop",
        "elements": [
            button(
                "op.stop",
                "Stop and go back",
                style="danger",
                confirm={
                    "title": plain("Stop this rollback?"),
                    "text": mrkdwn("`delivery-standard` goes back to revision *42*, which is failing now."),
                    "confirm": plain("Stop and go back"),
                    "deny": plain("Keep going"),
                    "style": "danger",
                },
            )
        ],
    },
]

HEADLINE = [
    {"type": "header", "block_id": "t", "text": plain("SEV2 · Elevated 5xx on miyabi-api")},
    section(
        f"*Status* Investigating · *Commander* <@UKENJI> · *Declared* "
        f"<!date^{START + 60}^{{date_short_pretty}} {{time}}|08:54 UTC>"
    ),
    section(
        "*Impact* 4.1 % of requests fail in ap-northeast-1; logins are not affected.\n"
        "*Next update* due in 18 minutes"
    ),
    {
        "type": "actions",
        "block_id": "inc",
        "elements": [
            button("inc.update", "Post update", style="primary"),
            {
                "type": "static_select",
                "action_id": "inc.status",
                "placeholder": plain("Status"),
                "initial_option": {"text": plain("Investigating"), "value": "investigating"},
                "options": [
                    {"text": plain(s), "value": s.lower()}
                    for s in ("Investigating", "Identified", "Monitoring", "Resolved")
                ],
            },
            {
                "type": "users_select",
                "action_id": "inc.ic",
                "placeholder": plain("Hand over to"),
                "initial_user": "UKENJI",
            },
        ],
    },
]

TEMPLATE = """*[SEV2] Miyabi API - Elevated 5xx*

Status: *Investigating*

Impact:
• `miyabi-api` in ap-northeast-1
• 4.1 % of requests answer 502

Timeline:
• 08:54 UTC - Declared by Kenji Sato
• 08:58 UTC - Alias `live` moved back to version 118

Current Actions:
• Rolling back the release of 08:40

Next Update: <!date^1763602400^{time}|09:33 UTC>"""


def modal() -> Json:
    """The form of an incident, as an empty command opens it."""
    options = [{"text": plain(s), "value": s} for s in ("SEV1", "SEV2", "SEV3")]
    return {
        "id": "V1",
        "hash": "1",
        "type": "modal",
        "callback_id": "incident.declare",
        "title": plain("Declare an incident"),
        "submit": plain("Declare"),
        "close": plain("Cancel"),
        "blocks": [
            section(
                "A channel opens, the people on call are invited and a headline is pinned.", block_id="intro"
            ),
            {
                "type": "input",
                "block_id": "title",
                "label": plain("What is wrong"),
                "hint": plain("One line that a customer would understand."),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "value",
                    "min_length": 5,
                    "max_length": 120,
                    "placeholder": plain("Elevated 5xx"),
                },
            },
            {
                "type": "input",
                "block_id": "severity",
                "label": plain("Severity"),
                "element": {
                    "type": "static_select",
                    "action_id": "value",
                    "options": options,
                    "initial_option": options[1],
                },
            },
            {
                "type": "input",
                "block_id": "ic",
                "label": plain("Commander"),
                "optional": True,
                "element": {"type": "users_select", "action_id": "value"},
            },
            {
                "type": "input",
                "block_id": "count",
                "label": plain("Requests failing, percent"),
                "optional": True,
                "element": {
                    "type": "number_input",
                    "action_id": "value",
                    "is_decimal_allowed": False,
                    "min_value": "0",
                    "max_value": "100",
                },
            },
            {
                "type": "input",
                "block_id": "more",
                "label": plain("Impact"),
                "optional": True,
                "element": {"type": "plain_text_input", "action_id": "value", "multiline": True},
            },
            {
                "type": "input",
                "block_id": "tell",
                "label": plain("Also"),
                "optional": True,
                "element": {
                    "type": "checkboxes",
                    "action_id": "value",
                    "options": [
                        {
                            "text": mrkdwn("Page the owner"),
                            "description": plain("PagerDuty, high urgency"),
                            "value": "page",
                        },
                        {"text": mrkdwn("Tell <#CINCS>"), "value": "tell"},
                    ],
                },
            },
        ],
    }
