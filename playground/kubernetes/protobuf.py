"""The few protobuf bodies that kubectl sends: questions about one's own rights."""

from playground.kubernetes.resources import Json
from playground.kubernetes.status import Refusal

MAGIC = b"k8s\x00"

_ATTRIBUTES = {
    1: "namespace",
    2: "verb",
    3: "group",
    4: "version",
    5: "resource",
    6: "subresource",
    7: "name",
}
"""Field numbers of ResourceAttributes. Source: authorization/v1's generated.proto."""


def read_review(raw: bytes) -> Json:
    """A self review as an object: its kind and the resource asked about. Raises Refusal 400.

    The envelope is `k8s\\0` and runtime.Unknown: 1 TypeMeta (1 apiVersion, 2 kind), 2 the object, in
    which 2 is the spec and its 1 the ResourceAttributes.
    """
    try:
        if not raw.startswith(MAGIC):
            raise ValueError("no Kubernetes envelope")
        envelope = _fields(raw[len(MAGIC) :])
        kind = _fields(envelope[1])
        spec = _fields(_fields(envelope.get(2, b"")).get(2, b""))
        asked = {_ATTRIBUTES[n]: v.decode() for n, v in _fields(spec.get(1, b"")).items() if n in _ATTRIBUTES}
        head: Json = {"apiVersion": kind[1].decode(), "kind": kind[2].decode(), "metadata": {}}
    except (ValueError, KeyError, IndexError) as error:
        raise Refusal(400, f"the object provided is unrecognized: {error}") from error
    return head | {"spec": {"resourceAttributes": asked} if asked else {}}


def _fields(raw: bytes) -> dict[int, bytes]:
    """The length-delimited fields of a message by number; numbers are skipped. Raises ValueError."""
    found: dict[int, bytes] = {}
    place = 0
    while place < len(raw):
        key, place = _varint(raw, place)
        if key & 7 == 0:
            _, place = _varint(raw, place)
        elif key & 7 == 2:
            size, place = _varint(raw, place)
            if place + size > len(raw):
                raise ValueError("truncated protobuf")
            found[key >> 3] = raw[place : place + size]
            place += size
        else:
            raise ValueError(f"unexpected wire type {key & 7}")
    return found


def _varint(raw: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while raw[place] & 0x80:
        value |= (raw[place] & 0x7F) << shift
        place, shift = place + 1, shift + 7
    return value | raw[place] << shift, place + 1
