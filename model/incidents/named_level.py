"""The level of an escalation matrix that somebody names."""

import re

from model.catalog.system import EscalationLevel, System
from model.incidents.clocks import was_told
from model.incidents.state import Incident
from model.language.near import or_list, shown
from model.refusal import Refused


def named_level(incident: Incident, system: System, typed: str) -> EscalationLevel:
    """By its name, a word of it such as `3`, or a part of it. Raises Refused for none, several, one told."""
    levels = system.escalation.levels if system.escalation else ()
    fitting = [one for one in levels if not one.only or incident.severity in one.only]
    word = " ".join(typed.split()).casefold()
    exact = [one for one in fitting if one.name.casefold() == word]
    found = exact or [one for one in fitting if word in re.split(r"[^a-z0-9]+", one.name.casefold())]
    found = found or [one for one in fitting if word in one.name.casefold()]
    if len(found) != 1:
        named = or_list(one.name for one in found or fitting)
        what = "Several levels are" if found else "No level of the matrix is"
        raise Refused(f"{what} called {shown(typed)}.", f"There are {named}." if named else "")
    if was_told(incident, found[0]):
        raise Refused(f"{found[0].name} was told already; its post says who and how.")
    return found[0]
