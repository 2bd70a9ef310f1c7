"""The shape that Slack asks of an app manifest: which keys there are, of what kind, how long, how many.

The facts of Slack's published schema (slackapi/manifest-schema, schemas/manifest.schema.1.0.0.json) and of
https://docs.slack.dev/reference/app-manifest, as far as an app like Muster has such keys. What stands here
in no list is refused, as it is there.
"""

import functools
from collections.abc import Iterable
from typing import Any, cast

import jsonschema

from playground.slack.manifest_rules import BOT_SCOPES, EVENT_SCOPES
from playground.slack.written import Json

ON_OFF: Json = {"type": "boolean"}


def _text(most: int, least: int = 1, **more: Any) -> Json:
    return {"type": "string", "minLength": least, "maxLength": most, **more}


def _url(most: int) -> Json:
    return {"type": "string", "maxLength": most, "pattern": "^https?://"}


def _object(required: Iterable[str] = (), **properties: Json) -> Json:
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


def _list(of: Json, most: int, least: int = 0) -> Json:
    return {"type": "array", "items": of, "minItems": least, "maxItems": most}


SHORTCUT = _object(
    ("name", "type", "callback_id", "description"),
    name=_text(24),
    type={"enum": ["message", "global"]},
    callback_id=_text(255),
    description=_text(150),
)
COMMAND = _object(
    ("command", "description"),
    command=_text(32, 2, pattern="^/"),
    url=_url(3000),
    description=_text(2000),
    usage_hint=_text(1000),
    should_escape=ON_OFF,
)
SCOPES = {**_list({"enum": sorted(BOT_SCOPES)}, 255), "uniqueItems": True}
EVENTS = {**_list({"enum": sorted(EVENT_SCOPES)}, 100), "uniqueItems": True}
MANIFEST = _object(
    ("display_information",),
    _metadata=_object(major_version={"type": "integer"}, minor_version={"type": "integer"}),
    display_information=_object(
        ("name",),
        name=_text(35),
        description=_text(140),
        background_color=_text(7, 4, pattern="^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$"),
        long_description=_text(4000, 175),
    ),
    features=_object(
        app_home=_object(
            home_tab_enabled=ON_OFF, messages_tab_enabled=ON_OFF, messages_tab_read_only_enabled=ON_OFF
        ),
        bot_user=_object(("display_name",), display_name=_text(80), always_online=ON_OFF),
        shortcuts=_list(SHORTCUT, 10, 1),
        slash_commands=_list(COMMAND, 50, 1),
    ),
    oauth_config=_object(
        redirect_urls=_list({"type": "string", "maxLength": 2500}, 1000),
        scopes=_object(bot=SCOPES, bot_optional=SCOPES),
        token_management_enabled=ON_OFF,
        pkce_enabled=ON_OFF,
    ),
    settings=_object(
        event_subscriptions=_object(request_url=_url(3500), bot_events=EVENTS),
        interactivity=_object(
            ("is_enabled",),
            is_enabled=ON_OFF,
            request_url=_url(3500),
            message_menu_options_url=_url(3500),
        ),
        org_deploy_enabled=ON_OFF,
        socket_mode_enabled=ON_OFF,
        token_rotation_enabled=ON_OFF,
    ),
)


def schema_problems(raw: Json) -> list[str]:
    """Every part of a manifest that is not as Slack asks for, with where it stands."""
    errors = cast("Iterable[Any]", cast("Any", _validator()).iter_errors(raw))
    return [f"/{'/'.join(str(step) for step in one.absolute_path)}: {one.message[:200]}" for one in errors]


@functools.cache
def _validator() -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(MANIFEST)
