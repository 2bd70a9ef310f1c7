"""Everything the playground does not pace itself, answered by moto inside this process."""

import asyncio
from functools import cache
from typing import Any, cast

from playground.aws.buckets import contents, written
from playground.aws.protocols import Encoded, Message

SECRET_HEADERS = frozenset({"content-length", "transfer-encoding", "connection"})


@cache
def _application() -> Any:
    """moto's own WSGI application, imported when first needed: it takes a second."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    return DomainDispatcherApplication(create_backend_app)


def _answer(message: Message, account: str) -> Encoded:
    from werkzeug.test import Client

    client = Client(_application())
    headers = {name: value for name, value in message.headers.items() if name not in SECRET_HEADERS}
    answer = cast(Any, client).open(
        message.path,
        method=message.method,
        query_string=message.query,
        headers={**headers, "x-moto-account-id": account},
        data=message.body,
    )
    found = {str(name).lower(): str(value) for name, value in answer.headers.items()}
    kept = {name: value for name, value in found.items() if name not in SECRET_HEADERS}
    return Encoded(int(answer.status_code), kept, bytes(answer.get_data()))


def _fill(account: str) -> None:
    """Empty what another endpoint of this process left in moto's buckets, and put ours in place."""
    from moto.s3.models import s3_backends

    s3_backends.reset()
    for bucket, objects in contents().items():
        _answer(_put(f"/{bucket}"), account)
        for key, content in objects.items():
            _answer(_put(f"/{bucket}/{key}", content), account)
            if at := written(key):
                s3_backends[account]["aws"].buckets[bucket].keys[key].last_modified = at.replace(tzinfo=None)


def _put(path: str, body: bytes = b"") -> Message:
    authorization = "AWS4-HMAC-SHA256 Credential=seed/20260101/us-east-1/s3/aws4_request"
    return Message("PUT", path, "", {"authorization": authorization, "host": "s3.amazonaws.com"}, body)


async def fill_buckets(account: str) -> None:
    """The buckets as new; moto is imported for it, so it is done when S3 is first asked for something."""
    await asyncio.to_thread(_fill, account)


async def ask_moto(message: Message, account: str) -> Encoded:
    """moto's answer to this request, for this account."""
    return await asyncio.to_thread(_answer, message, account)
