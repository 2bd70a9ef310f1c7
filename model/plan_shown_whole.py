"""Whether a plan can be shown as it would be sent: what people agree to is what is done."""

import unicodedata

from model.escape import mrkdwn, visible
from model.plan import Plan
from model.redaction import redact
from model.refusal import Refused

LONGEST = 2400
"""Characters of one value as Slack counts them, where it stands on a line of its own."""

ALTOGETHER = 6000
"""Characters of all values together, so that the rest of the plan has room beside them."""

_UNSEEN = {"Cc", "Cf", "Zl", "Zp"}


def must_be_shown_whole(plan: Plan) -> None:
    """Raises Refused for a value that a message would cut, strike out, or show as another one."""
    together = 0
    for delta in plan.deltas:
        if redact(delta.after) != delta.after:
            raise Refused(
                f"The new value of {visible(delta.what)} looks like a secret, which no plan can show.",
                f"Put it into Secrets Manager and name it: {visible(delta.what)}=secret:NAME",
            )
        unseen = _unseen(delta.after) or _unseen(delta.what)
        if unseen:
            raise Refused(
                f"The new value of {visible(delta.what)} holds a character that cannot be seen ({unseen}).",
                "Type it by hand instead of pasting it.",
            )
        long = len(mrkdwn(delta.after))
        together += long
        if long > LONGEST or together > ALTOGETHER:
            raise Refused("This is too long to be shown whole in a plan.", "Change less of it at once.")


def _unseen(text: str) -> str:
    """The first character that takes no room or turns others round, by its number: `U+200B`."""
    found = next((c for c in text if unicodedata.category(c) in _UNSEEN), "")
    return f"U+{ord(found):04X}" if found else ""
