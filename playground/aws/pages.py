"""Pages of a listing: opaque tokens that only fit the listing they came from."""

import base64
from typing import Any

from playground.aws.refusal import AwsError


def page(items: list[Any], token: object, size: int, bad: AwsError) -> tuple[list[Any], str | None]:
    """Up to `size` items from where the token says, and the token of the next page.

    Raises `bad` for a token that was not given out.
    """
    start = 0
    if token:
        try:
            start = int(base64.b64decode(str(token), validate=True))
        except ValueError:
            raise bad from None
    end = start + size
    following = base64.b64encode(str(end).encode()).decode() if end < len(items) else None
    return items[start:end], following
