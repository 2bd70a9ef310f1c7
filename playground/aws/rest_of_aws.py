"""Everything the playground does not pace itself, answered by moto inside this process."""

import asyncio
from functools import cache
from typing import Any, cast

from playground.aws.wire import Encoded, Message

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


async def ask_moto(message: Message, account: str) -> Encoded:
    """moto's answer to this request, for this account."""
    return await asyncio.to_thread(_answer, message, account)
