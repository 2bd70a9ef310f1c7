"""`/block`: an address range at the load balancer, or the firewall itself."""

from typing import Annotated

from model.changes import AttachWaf, Block
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import AddressOrWaf, AService, Flag
from model.outcomes import ProposeChange


@command(
    "block",
    "Block an address, or put the firewall before the load balancer",
    Kind.CHANGE,
    examples=(
        "miyabi-dev 203.0.113.50 because 900 requests a second",
        "delivery-standard 203.0.113.0/24",
        "architect-api waf",
        "miyabi-dev 203.0.113.50 --lift",
    ),
    explains="An address, a range, or waf for the firewall itself; --lift takes it back.",
)
def block(
    invocation: Invocation,
    service: AService,
    what: Annotated[str, AddressOrWaf()],
    *,
    lift: Annotated[bool, Flag("lift", "let it in again, or take the firewall away")] = False,
) -> ProposeChange:
    """Everyone's, our own and the load balancer's addresses are refused when it is planned."""
    if what == "waf":
        return ProposeChange(service, AttachWaf(detach=lift))
    return ProposeChange(service, Block(cidr=what, lift=lift))
