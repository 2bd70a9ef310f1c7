"""Dumps between PostgreSQL and S3: streamed, compressed, never whole in memory."""

import asyncio
import secrets
import shutil
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Any, cast
from urllib.parse import unquote, urlsplit, urlunsplit

from backends.aws_api import AwsApi, listed
from backends.aws_clients import AwsClients
from backends.backups import newest_first
from backends.postgres.target import PostgresTarget
from model.ports.backend import BackendError, Fault
from model.query_result import BackupFound
from model.slash import slash

PART = 8 * 1024 * 1024
"""Bytes of one part of an upload; S3 wants at least 5 MiB of every part but the last."""

CHUNK = 256 * 1024
LOCK_MS = 30_000
"""Milliseconds a dump or restore waits for a lock, so that it ends with a reason instead of hanging."""

_COPY = b"COPY "
_SKIPPED = (
    *(b"COMMENT ON EXTENSION ", b"CREATE EXTENSION ", b"DROP EXTENSION "),
    *(b"\\restrict ", b"\\unrestrict "),
)
"""Lines of a dump that are left out: only a superuser may repeat them, and the new database has its
extensions already; what psql may run is restricted by a key of our own instead.
"""

MOST_PAGES = 20


@dataclass(frozen=True)
class Dumps:
    """The dumps of one database in its bucket."""

    clients: AwsClients
    where: PostgresTarget

    async def listed(self) -> tuple[BackupFound, ...]:
        """The newest first (s3:ListObjectsV2). Raises BackendError."""
        found = await listed(
            partial(self._read, "list_objects_v2"),
            "Contents",
            marker="ContinuationToken",
            after="NextContinuationToken",
            most=MOST_PAGES,
            Bucket=self.where.bucket,
            Prefix=self.where.prefix,
        )
        backups = (
            BackupFound(
                id=str(one["Key"]).removeprefix(self.where.prefix),
                at=one["LastModified"].isoformat(),
                size=int(one["Size"]),
            )
            for one in found
            if str(one["Key"]).endswith(".sql.gz")
        )
        return newest_first(backups)[:50]

    async def exists(self, name: str) -> bool:
        """Whether the dump is there, whole. Raises BackendError."""
        try:
            await self._read("head_object", Bucket=self.where.bucket, Key=self.where.key(name))
        except BackendError as error:
            if error.fault is Fault.NOT_FOUND:
                return False
            raise
        return True

    async def make(self, url: str, name: str) -> int:
        """Dump the database into the bucket; gives the bytes that lie there. Raises BackendError.

        The object appears only when all of it is there; what was begun and failed is taken away.
        """
        place = {"Bucket": self.where.bucket, "Key": self.where.key(name)}
        begun = await self._write("create_multipart_upload", **place, ContentType="application/gzip")
        upload = {**place, "UploadId": begun["UploadId"]}
        try:
            parts, size = await self._send(upload, _dumped(url))
            await self._write("complete_multipart_upload", **upload, MultipartUpload={"Parts": parts})
        except BaseException:
            await asyncio.shield(self._write("abort_multipart_upload", **upload))
            raise
        return size

    async def _send(self, upload: dict[str, Any], plain: AsyncIterator[bytes]) -> tuple[list[Any], int]:
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        parts: list[dict[str, Any]] = []
        waiting, size = bytearray(), 0

        async def flush() -> None:
            nonlocal size
            number = len(parts) + 1
            sent = await self._write("upload_part", **upload, PartNumber=number, Body=bytes(waiting))
            parts.append({"PartNumber": number, "ETag": sent["ETag"]})
            size += len(waiting)
            waiting.clear()

        async for chunk in plain:
            waiting += await asyncio.to_thread(packer.compress, chunk)
            if len(waiting) >= PART:
                await flush()
        waiting += packer.flush()
        await flush()
        return parts, size

    async def restore(self, url: str, name: str, last: str) -> None:
        """Read a dump into the (empty) database in one transaction, ending with the statement `last`.

        Raises BackendError; nothing of it stays then.
        """
        answer = await self._read("get_object", Bucket=self.where.bucket, Key=self.where.key(name))
        await _fed(url, _statements(_unpacked(answer["Body"])), last)

    async def _read(self, operation: str, **params: Any) -> dict[str, Any]:
        return await AwsApi(self.clients, "s3").read(self.where, operation, **params)

    async def _write(self, operation: str, **params: Any) -> dict[str, Any]:
        return await AwsApi(self.clients, "s3").change(self.where, operation, **params)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        what = f"The program {name} is not installed where Muster runs."
        raise BackendError(Fault.INVALID, what, "On Debian: apt-get install postgresql-client")
    return found


def _address(url: str) -> tuple[str, dict[str, str]]:
    """The address without its password, and the environment that has it: arguments are seen by everyone."""
    parts = urlsplit(url)
    host = parts.netloc.rsplit("@", 1)[-1]
    bare = urlunsplit(parts._replace(netloc=f"{parts.username or ''}@{host}"))
    options = f"-c lock_timeout={LOCK_MS} -c application_name=muster"
    return bare, {"PGPASSWORD": unquote(parts.password or ""), "PGOPTIONS": options, "LC_ALL": "C.UTF-8"}


async def _dumped(url: str) -> AsyncIterator[bytes]:
    """The dump, piece by piece. Raises BackendError when pg_dump ends with an error."""
    address, environment = _address(url)
    process = await asyncio.create_subprocess_exec(
        _program("pg_dump"),
        f"--dbname={address}",
        "--no-password",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    said = asyncio.create_task(process.stderr.read())
    try:
        while chunk := await process.stdout.read(CHUNK):
            yield chunk
        if await process.wait():
            raise BackendError(Fault.FAILED, f"pg_dump failed: {_last(await said)}")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await said


async def _unpacked(body: Any) -> AsyncIterator[bytes]:
    """The plain text of a compressed stream. Raises BackendError for what is no gzip."""
    unpacker = zlib.decompressobj(31)
    try:
        while chunk := cast(bytes, await asyncio.to_thread(body.read, CHUNK)):
            yield await asyncio.to_thread(unpacker.decompress, chunk)
        yield unpacker.flush()
    except zlib.error as error:
        raise BackendError(
            Fault.INVALID, f"The dump is not gzip: {error}.", "Take another backup."
        ) from error
    finally:
        body.close()
    if not unpacker.eof:
        raise BackendError(Fault.INVALID, "The dump ends too early.", "Take another backup.")


async def _statements(plain: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The dump without what only a superuser may repeat; rows of data are left as they are."""
    rest, in_copy = b"", False
    async for chunk in plain:
        *lines, rest = (rest + chunk).split(b"\n")
        kept: list[bytes] = []
        for line in lines:
            if in_copy:
                in_copy = line != b"\\."
            elif line.startswith(_SKIPPED):
                continue
            elif line.startswith(_COPY) and line.endswith(b"FROM stdin;"):
                in_copy = True
            kept.append(line)
        if kept:
            yield b"\n".join(kept) + b"\n"
    if rest:
        yield rest + b"\n"


async def _fed(url: str, statements: AsyncIterator[bytes], last: str) -> None:
    address, environment = _address(url)
    process = await asyncio.create_subprocess_exec(
        _program("psql"),
        f"--dbname={address}",
        *("--no-password", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    assert process.stdin is not None
    assert process.stderr is not None
    said = asyncio.create_task(process.stderr.read())
    try:
        # From here on psql takes SQL alone: a dump cannot make it run a program.
        process.stdin.write(f"\\restrict {secrets.token_hex(16)}\n".encode())
        async for chunk in statements:
            process.stdin.write(chunk)
            await process.stdin.drain()
        process.stdin.write(f"{last}\n".encode())
        await process.stdin.drain()
        process.stdin.close()
    except (BrokenPipeError, ConnectionResetError):
        pass  # psql has ended; it says why
    except BaseException:
        process.kill()  # a file that ends early must not be committed
        await process.wait()
        await said
        raise
    if await process.wait():
        what = f"psql failed, and nothing of the dump was kept: {_last(await said)}"
        raise BackendError(Fault.FAILED, what, f"See {slash('history')} for other backups.")


def _last(said: bytes) -> str:
    lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "ERROR" in line or "error:" in line]
    return (errors or lines or ["it said nothing"])[0][:300]
