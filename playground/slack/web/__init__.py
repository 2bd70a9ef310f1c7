"""The Web API methods, by name."""

from playground.slack.web import channel_changes as rooms
from playground.slack.web import chat, conversations, files, marks, people, views
from playground.slack.web.method import Method

METHODS: dict[str, Method] = {
    **chat.METHODS,
    **conversations.METHODS,
    **rooms.METHODS,
    **marks.METHODS,
    **people.METHODS,
    **views.METHODS,
    **files.METHODS,
}
