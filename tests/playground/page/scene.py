"""A workspace in the middle of an incident, as the bot would have left it."""

from typing import Any

from tests.playground.page.cards import HEADLINE, PLAN, PROGRESS, START, TEMPLATE, Json


def ts(minute: float, n: int = 0) -> str:
    """The timestamp of a message so many minutes into the scene."""
    return f"{START + int(minute * 60)}.{n:06d}"


def user(id_: str, name: str, real: str, title: str, color: str, *, bot: bool = False) -> Json:
    """One person of the workspace."""
    return {"id": id_, "name": name, "real_name": real, "title": title, "color": color, "is_bot": bot}


USERS = [
    user("UMONA", "mona", "Mona Adler", "SRE, operator", "c2527a"),
    user("UKENJI", "kenji", "Kenji Sato", "On call for miyabi-api", "3f7fbf"),
    user("UINES", "ines", "Inès Duarte", "Engineer", "4f9d69"),
    user("UPAT", "pat", "Pat Okafor", "Support, guest", "b07a2a"),
    user("UBOT", "muster", "Muster", "", "5a63c8", bot=True),
]

COMMANDS = [
    {
        "command": "/incident",
        "description": "Declare an incident or keep it current",
        "usage_hint": "declare [SEV] [service] title",
    },
    {"command": "/scale", "description": "Change how many run", "usage_hint": "service count [because …]"},
    {
        "command": "/rollback",
        "description": "Go back to the release before",
        "usage_hint": "service [to revision]",
    },
    {"command": "/restart", "description": "Replace what runs, one by one", "usage_hint": "service"},
    {"command": "/health", "description": "Ask a service how it is", "usage_hint": "[service]"},
    {
        "command": "/history",
        "description": "What changed, and who did it",
        "usage_hint": "[service] [since=1d]",
    },
    {"command": "/undo", "description": "Take back the last change", "usage_hint": "[operation]"},
]

FAULTS = [
    {
        "id": "deploy-fails",
        "title": "Deployments fail",
        "explains": "New tasks and pods crash on start; the rollout stalls.",
        "on": False,
    },
    {
        "id": "slack-429",
        "title": "Slack rate limits",
        "explains": "Every second Web API call answers 429 with Retry-After 1.",
        "on": True,
    },
]


def message(at: str, author: str, text: str = "", **rest: Any) -> Json:
    """One message; the app's carry its bot id."""
    return {
        "ts": at,
        "user": author,
        "text": text,
        **({"bot_id": "BBOT"} if author == "UBOT" else {}),
        **rest,
    }


def operations() -> list[Json]:
    """The messages of #ops."""
    root = ts(20)
    return [
        message(ts(1), "UKENJI", "5xx on *miyabi-api* is at 4 % since the 08:40 release. Looking. <!here>"),
        message(
            ts(2),
            "UINES",
            "Same picture in `delivery-standard`: <https://example.org/d/42|dashboard>, image pulls fail.",
        ),
        message(
            ts(2, 5),
            "UINES",
            "&gt; Back-off pulling image\nThat is the new tag, I think :eyes:",
            reactions=[{"name": "eyes", "count": 2, "users": ["UMONA", "UKENJI"]}],
        ),
        message(
            root,
            "UBOT",
            "Rolling back",
            blocks=PROGRESS,
            edited={"user": "UBOT", "ts": ts(22)},
            reply_count=2,
            reply_users=["UBOT", "UMONA"],
            attachments=[],
        ),
        message(ts(21), "UBOT", "`ecs:UpdateService` accepted: revision 41, 6 tasks", thread_ts=root),
        message(ts(22), "UMONA", "<@UBOT> why did the last one fail?", thread_ts=root),
        message(ts(23), "UMONA", "Adding room on the Kubernetes side while that runs."),
        message(ts(24), "UBOT", "Plan", blocks=PLAN),
        message(
            ts(25),
            "UBOT",
            "Scaling `architect-api` past 20 needs an operator. On call now: <@UKENJI>. You may go to 20.",
            ephemeral=True,
            for_user="UMONA",
        ),
    ]


def incident() -> list[Json]:
    """The messages of the incident's channel."""
    return [
        message(
            ts(1),
            "UBOT",
            "SEV2",
            attachments=[{"color": "#e8912d", "blocks": HEADLINE}],
            edited={"user": "UBOT", "ts": ts(9)},
        ),
        message(ts(2), "UBOT", TEMPLATE),
        message(ts(9), "UKENJI", "Version 118 is back; error rate falls: 4.1 → 1.3 %."),
    ]


def channel(id_: str, name: str, messages: list[Json], **rest: Any) -> Json:
    members = ["UMONA", "UKENJI", "UINES", "UBOT"]
    return {
        "id": id_,
        "name": name,
        "topic": "",
        "purpose": "",
        "is_archived": False,
        "members": members,
        "pins": [],
        "messages": messages,
        **rest,
    }


def workspace() -> Json:
    """A fresh copy of the whole state."""
    rooms = [
        channel(
            "COPS",
            "ops",
            operations(),
            topic="Changes to production · on call: <@UKENJI>",
            purpose="Everything that changes production is asked for here.",
        ),
        channel(
            "CINCS",
            "incidents",
            [message(ts(1), "UBOT", "SEV2 *Elevated 5xx on miyabi-api* in <#CINC1>")],
            topic="Open incidents and their updates",
        ),
        channel(
            "CINC1",
            "inc-1-miyabi-elevated-5xx",
            incident(),
            topic="SEV2 · Investigating · IC Kenji Sato",
            pins=[ts(1)],
        ),
        channel("CRAND", "random", [], members=["UINES", "UPAT"]),
    ]
    group = {"id": "SOPS", "handle": "operators", "name": "Operators", "users": ["UMONA"]}
    return {
        "me": "UMONA",
        "team": {"id": "T1", "name": "Muster"},
        "users": USERS,
        "channels": rooms,
        "commands": COMMANDS,
        "faults": [dict(f) for f in FAULTS],
        "groups": [group],
    }
