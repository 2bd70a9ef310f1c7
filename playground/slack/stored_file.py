"""A file as the local Slack keeps it: announced, uploaded, completed, and at last processed."""

from dataclasses import dataclass, field
from pathlib import PurePath

from playground.slack.written import Json

IMAGES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif"}
"""What an image block may show, by Slack's own filetype."""

SIGNATURES = ((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif"))
PREVIEW_LINES, PREVIEW_CHARACTERS = 5, 1_000


@dataclass
class StoredFile:
    """One file. `content` is None until it is uploaded; `room_ids` are where it was shared, oldest first.

    A file exists for others once `is_complete`; `is_processed` comes a moment later, and only then are its
    types known and may it be shown in a block.
    """

    id: str
    name: str
    title: str
    size: int
    user: str
    created: int
    alt_txt: str = ""
    snippet_type: str = ""
    content: bytes | None = None
    is_complete: bool = False
    is_processed: bool = False
    room_ids: list[str] = field(default_factory=list[str])

    @property
    def filetype(self) -> str:
        """Slack's word for the type, from the bytes; text goes by its name."""
        content = self.content or b""
        for begins, filetype in SIGNATURES:
            if content.startswith(begins):
                return filetype
        if not _is_text(content):
            return "binary"
        named = PurePath(self.name).suffix.lstrip(".")
        return self.snippet_type or ("text" if named in ("", "txt", *IMAGES) else named)

    @property
    def mimetype(self) -> str:
        """The media type that goes with `filetype`."""
        filetype = self.filetype
        plain = "application/octet-stream" if filetype == "binary" else "text/plain"
        return IMAGES.get(filetype, plain)

    @property
    def is_image(self) -> bool:
        """Whether an image block may show it."""
        return self.filetype in IMAGES

    def card(self, base_url: str, team: str) -> Json:
        """The file object of the Web API; the types are empty until it is processed.

        https://docs.slack.dev/reference/objects/file-object
        """
        place, name = f"{base_url}/files-pri/{team}-{self.id}", self.name.replace("/", "_")
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title,
            "user": self.user,
            "size": self.size,
            "mode": "hosted",
            "is_external": False,
            "is_public": bool(self.room_ids),
            "alt_txt": self.alt_txt,
            "channels": list(self.room_ids),
            "url_private": f"{place}/{name}",
            "url_private_download": f"{place}/download/{name}",
            "permalink": f"{place}/{name}",
            **(self._types() if self.is_processed else {"mimetype": "", "filetype": "", "pretty_type": ""}),
        }

    def _types(self) -> Json:
        filetype, mimetype = self.filetype, self.mimetype
        types: Json = {"mimetype": mimetype, "filetype": filetype, "pretty_type": filetype.upper()}
        if mimetype != "text/plain":
            return types
        lines = (self.content or b"").decode().splitlines()
        shown = "\n".join(lines[:PREVIEW_LINES])
        return types | {
            "mode": "snippet",
            "preview": shown[:PREVIEW_CHARACTERS],
            "lines": len(lines),
            "lines_more": max(0, len(lines) - PREVIEW_LINES),
            "preview_is_truncated": len(lines) > PREVIEW_LINES or len(shown) > PREVIEW_CHARACTERS,
        }


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
