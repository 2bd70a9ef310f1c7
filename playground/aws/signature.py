"""Who calls, which service and which region: read from the SigV4 credential scope."""

import re
from dataclasses import dataclass

from playground.aws.refusal import AwsError

SCOPE = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/,]+)/(\d{8})/([^/,]+)/([^/,]+)/aws4_request")


@dataclass(frozen=True)
class Caller:
    """The access key of a call, and the service (by signing name) and region it was signed for."""

    access_key: str
    region: str
    service: str


def read_caller(authorization: str) -> Caller:
    """The caller of a signed request. Raises MissingAuthenticationToken.

    The signature itself is not checked: the playground knows no secret keys.
    """
    found = SCOPE.match(authorization)
    if found is None:
        raise AwsError("MissingAuthenticationToken", "Missing Authentication Token", 403)
    return Caller(access_key=found[1], region=found[3], service=found[4])
