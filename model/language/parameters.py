"""The kinds of argument a command may declare; each reads a word, writes it back and names itself."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated, Any

from model.catalog.schema import Catalog, Service
from model.language.near import alike, or_list, services, shown
from model.people import Person
from model.plan import Amount
from model.refusal import Refused
from model.slash import slash, spelled


@dataclass(frozen=True)
class ParseContext:
    """Where a command was typed, as far as reading it needs to know.

    user: who typed it, whom `me` means; empty where nobody did.
    service: the open incident's own service in an incident channel, else None.
    severities, statuses: every severity id and status of the catalog's schemes and templates; a
    template spells its statuses its own way, here they are as in `Identified`.
    """

    catalog: Catalog
    team: str
    service: str | None = None
    severities: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    user: str = ""


@dataclass(frozen=True)
class Parameter(ABC):
    """One argument. `label` is what usage and forms call it; `hint` says what may be typed.

    needed: it must be given, although its function has a default for it (because it stands after one).
    """

    label: str
    hint: str = ""
    needed: bool = field(default=False, kw_only=True)

    @abstractmethod
    def read(self, word: str, setting: ParseContext) -> Any:
        """The typed value of a word. Raises Refused that says what to type instead."""

    def write(self, value: Any) -> str:
        """The word that reads back as the value."""
        return str(value)

    def joins(self, word: str, after: str) -> bool:
        """Whether a word and the one after it are one value, such as `sunday 03:00`."""
        return False

    def fits(self, word: str, setting: ParseContext) -> bool:
        """Whether an optional argument takes this word, rather than leaving it to the next one."""
        try:
            self.read(word, setting)
        except Refused:
            return False
        return True


@dataclass(frozen=True)
class ServiceNamed(Parameter):
    """A service of the catalog, by id or alias; in an incident channel it may be left out."""

    label: str = "SERVICE"
    hint: str = "a service of the catalog"

    def read(self, word: str, setting: ParseContext) -> Service:
        service = setting.catalog.service(word)
        if service is None:
            near = alike(word, setting.catalog)
            raise Refused(
                f"There is no service {shown(word)}.",
                f"Did you mean {or_list(near)}?" if near else f"Services: {services(setting.catalog)}.",
            )
        return service

    def near(self, word: str, setting: ParseContext) -> tuple[str, ...]:
        """What may have been meant, best first."""
        return alike(word, setting.catalog)

    def write(self, value: Service) -> str:
        return value.id


@dataclass(frozen=True)
class ServiceOrSystem(ServiceNamed):
    """A service, or a whole system by its id; where an alias is called like a system, the system is meant."""

    label: str = "SERVICE"
    hint: str = "a service or a system of the catalog"

    def read(self, word: str, setting: ParseContext) -> Any:
        catalog = setting.catalog
        if word.casefold() in {service.id for service in catalog.services}:
            return super().read(word, setting)
        return catalog.by_system.get(word.casefold()) or super().read(word, setting)


@dataclass(frozen=True)
class Count(Parameter):
    """How many: `6`, `+2`, `-1`, `x2`."""

    label: str = "COUNT"
    hint: str = "6, +2, -1 or x2"
    _FORM = re.compile(r"(?P<sign>[+\-x×*=]?)(?P<n>\d{1,5}(?:\.\d{1,2})?)(?P<after>[x×]?)", re.IGNORECASE)

    def read(self, word: str, setting: ParseContext) -> Amount:
        found = self._FORM.fullmatch(word)
        signs = {"": "to", "=": "to", "+": "up", "-": "down", "x": "times", "×": "times", "*": "times"}
        if found is None or (found["sign"] and found["after"]):
            raise Refused(f"{shown(word)} is not a count.", "Type a number such as 6, +2, -1 or x2.")
        how = signs[(found["sign"] or found["after"]).lower()]
        if how != "times" and "." in found["n"]:
            raise Refused(f"{shown(word)} is not a whole number.", "Type a number such as 6, +2 or -1.")
        return Amount.model_validate({"how": how, "n": float(found["n"])})

    def write(self, value: Amount) -> str:
        sign = {"to": "", "up": "+", "down": "-", "times": "x"}[value.how]
        return sign + f"{value.n:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class IntegerParameter(Parameter):
    """A whole number between two bounds; `none` where the setting can be taken away."""

    label: str = "N"
    least: int = 0
    most: int = 100_000
    may_be_none: bool = False

    def read(self, word: str, setting: ParseContext) -> int | str:
        if self.may_be_none and word.casefold() in {"none", "off"}:
            return "none"
        allowed = f"a whole number from {self.least:,} to {self.most:,}"
        if not re.fullmatch(r"\d{1,6}", word) or not self.least <= int(word) <= self.most:
            also = ", or none to take it away" if self.may_be_none else ""
            raise Refused(f"{shown(word)} does not do for {self.label}.", f"Type {allowed}{also}.")
        return int(word)


@dataclass(frozen=True)
class OneOf(Parameter):
    """One of a few words, whatever their case."""

    choices: tuple[str, ...] = ()

    def read(self, word: str, setting: ParseContext) -> str:
        for choice in self.choices:
            if word.casefold() == choice.casefold():
                return choice
        raise Refused(f"{shown(word)} is not one of the words here.", f"Type {or_list(self.choices)}.")


@dataclass(frozen=True)
class Severity(Parameter):
    """A severity of any scheme; which scheme holds is the service's business, not the reader's."""

    label: str = "SEVERITY"
    hint: str = "SEV2, P1, Critical: the service's own scheme"

    def read(self, word: str, setting: ParseContext) -> str:
        for level in setting.severities:
            if _bare(word) == _bare(level):
                return level
        raise Refused(f"{shown(word)} is not a severity.", f"Type {or_list(setting.severities)}.")


@dataclass(frozen=True)
class Status(Parameter):
    """A status of any communication template; which ones hold is the service's business."""

    label: str = "STATUS"
    hint: str = "Investigating, Identified, Monitoring or Resolved"

    def read(self, word: str, setting: ParseContext) -> str:
        for status in setting.statuses:
            if word.casefold() == status.casefold():
                return status
        raise Refused(f"{shown(word)} is not a status.", f"Type {or_list(setting.statuses)}.")


@dataclass(frozen=True)
class Duration(Parameter):
    """A length of time: `30m`, `2h`, `1h30m`, `1d`; where `least` is under a minute, `30s` too.

    may_be_none: `none` may be said, and reads as no time at all.
    """

    label: str = "DURATION"
    hint: str = "30m, 2h or 1d"
    longest: timedelta = timedelta(days=7)
    least: timedelta = timedelta(minutes=1)
    may_be_none: bool = False
    _FORM = re.compile(
        r"(?:(\d{1,3})d(?:ays?)?)?(?:(\d{1,4})h(?:rs?|ours?)?)?(?:(\d{1,5})m(?:in(?:ute)?s?)?)?"
        r"(?:(\d{1,5})s(?:ec(?:ond)?s?)?)?",
        re.IGNORECASE,
    )

    def read(self, word: str, setting: ParseContext) -> timedelta:
        if self.may_be_none and word.casefold() == "none":
            return timedelta()
        found = self._FORM.fullmatch(word)
        if found is None or not any(found.groups()):
            raise Refused(f"{shown(word)} is not a length of time.", "Type 30m, 2h or 1d.")
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if not self.least <= length <= self.longest:
            allowed = f"from {self.write(self.least)} to {self.write(self.longest)}"
            raise Refused(f"{shown(word)} is out of range.", f"Type {allowed}.")
        return length

    def write(self, value: timedelta) -> str:
        if self.may_be_none and not value:
            return "none"
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        days, minutes = divmod(minutes, 1440)
        hours, minutes = divmod(minutes, 60)
        parts = ((days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s"))
        return "".join(f"{n}{unit}" for n, unit in parts if n) or "0m"


@dataclass(frozen=True)
class Clock(Parameter):
    """A time of day in UTC: `14:02`."""

    label: str = "HH:MM"
    hint: str = "14:02, in UTC"

    def read(self, word: str, setting: ParseContext) -> str:
        found = re.fullmatch(r"(\d{1,2})[:h.](\d{2})(?:z|utc)?", word, re.IGNORECASE)
        if found is None or int(found[1]) > 23 or int(found[2]) > 59:
            raise Refused(f"{shown(word)} is not a time.", "Type a time in UTC, such as 14:02.")
        return f"{int(found[1]):02d}:{int(found[2]):02d}"


@dataclass(frozen=True)
class PersonParameter(Parameter):
    """A person, as Slack writes a mention."""

    label: str = "@PERSON"
    hint: str = "a mention, such as @ana, or me"

    def read(self, word: str, setting: ParseContext) -> Person:
        if setting.user and word.casefold() in {"me", "@me"}:
            return Person(team=setting.team, user=setting.user)
        found = re.fullmatch(r"<@([UW][A-Z0-9]{2,20})>", word)
        if found is None:
            raise Refused(f"{shown(word)} is not a person.", "Type @ and pick the person, or type me.")
        return Person(team=setting.team, user=found[1])

    def write(self, value: Person) -> str:
        return value.mention


@dataclass(frozen=True)
class Revision(Parameter):
    """A version that ran: a revision number, `family:41`, a tag with a digit, a timestamp or a digest."""

    label: str = "VERSION"
    hint: str = "a version from /history"

    def read(self, word: str, setting: ParseContext) -> str:
        near = () if re.search(r"\d", word) else alike(word, setting.catalog, 0.8)
        if near:
            raise Refused(f"{shown(word)} is not a version.", f"Did you mean the service {or_list(near)}?")
        if (digest := digest_in(word)) is not None:
            return digest
        if not re.fullmatch(r"[\w.:/@+-]{1,200}", word) or not re.search(r"\d", word):
            raise Refused(
                f"{shown(word)} is not a version.", f"Type one that {slash('history')} SERVICE lists."
            )
        return word


@dataclass(frozen=True)
class Release(Revision):
    """What may be deployed: whatever a registry takes as a tag, a digest, or a revision `family:41`."""

    hint: str = "an image tag, a digest, a number, or latest"

    def read(self, word: str, setting: ParseContext) -> str:
        if word.casefold() == "latest":
            return "latest"
        near = () if re.search(r"\d", word) else alike(word, setting.catalog, 0.8)
        if near:
            raise Refused(f"{shown(word)} is not a version.", f"Did you mean the service {or_list(near)}?")
        if (digest := digest_in(word)) is not None:
            return digest
        if word.casefold() in RESERVED:
            said = "It is a word of the command; a tag of that name is deployed by its digest."
            raise Refused(f"{shown(word)} is not a version.", said)
        if TAG.fullmatch(word) or re.fullmatch(r"[A-Za-z0-9_-]{1,255}:\d{1,9}", word):
            return word
        raise _no_tag(word)

    def joins(self, word: str, after: str) -> bool:
        """Two words are no tag: it is said of both, and not that the second is one too many."""
        return True


TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
"""Source: the OCI distribution specification, "Pulling manifests"."""

RESERVED = frozenset({"because", "dry", "dry-run", "dryrun", "break-glass", "breakglass"})
"""Words that mean something else in every command."""


def digest_in(word: str) -> str | None:
    """The digest that a word is, without a leading @; None for a word that does not begin like one.

    Raises Refused for one that is not whole.
    """
    named = re.fullmatch(r"@?sha256:(.*)", word, re.IGNORECASE | re.DOTALL)
    if named is None:
        return None
    if not re.fullmatch(r"[0-9a-f]{64}", digits := named[1].lower()):
        said = f"sha256: takes 64 hexadecimal digits, and here are {len(digits)} characters."
        raise Refused(f"{shown(word)} is not a whole digest: {said}", "Copy all of it, or type the tag.")
    return f"sha256:{digits}"


def _no_tag(word: str) -> Refused:
    """Why a word is no tag, and what to type."""
    if " " in word:
        said = f"{shown(word)} is not a version: a tag has no spaces."
        return Refused(said, f"Type one word, as {shown(word.split()[0])}.")
    last = word.rsplit("/", 1)[-1]
    alone = last.partition("@")[2] or last.partition(":")[2]
    if alone:
        return Refused(f"{shown(word)} is a whole image.", f"Type its tag or digest alone: {shown(alone)}.")
    allowed = "A tag has up to 128 letters, digits, `_`, `.` and `-`, and begins with none of the last two."
    return Refused(f"{shown(word)} is not a version.", allowed)


@dataclass(frozen=True)
class IdParameter(Parameter):
    """An operation or incident by its id: `OP-17`, `INC-42`."""

    prefix: str = "OP"

    def read(self, word: str, setting: ParseContext) -> str:
        found = re.fullmatch(rf"(?:{self.prefix}-?)?#?(\d{{1,9}})", word, re.IGNORECASE)
        if found is None:
            raise Refused(f"{shown(word)} is not an id.", f"Type one such as {self.prefix}-17.")
        return f"{self.prefix}-{int(found[1])}"


@dataclass(frozen=True)
class AlertNamed(Parameter):
    """An alert that something else is about: `ALR-3`."""

    label: str = "ALR-…"
    hint: str = "such as ALR-3"

    def read(self, word: str, setting: ParseContext) -> str:
        return IdParameter(self.label, self.hint, prefix="ALR").read(word, setting)


@dataclass(frozen=True)
class Name(Parameter):
    """One bare word, such as a service's name typed once more to be sure."""

    label: str = "NAME"

    def read(self, word: str, setting: ParseContext) -> Any:
        if not re.fullmatch(r"[\w.-]{1,80}", word):
            raise Refused(f"{shown(word)} is not a name.", f"Type {spelled(self.hint)}.")
        return word


@dataclass(frozen=True)
class InstanceClassNamed(Parameter):
    """The class of a database's instance, such as `db.r6g.large`."""

    label: str = "CLASS"
    hint: str = "such as db.r6g.large"

    def read(self, word: str, setting: ParseContext) -> str:
        if not re.fullmatch(r"(db|cache)\.[a-z0-9-]{1,20}\.[a-z0-9]{1,20}", word.casefold()):
            raise Refused(f"{shown(word)} is not an instance class.", "Type one such as db.r6g.large.")
        return word.casefold()


@dataclass(frozen=True)
class BackupNamed(Parameter):
    """A backup by its name or id: a snapshot, a dump's file, an ARN."""

    label: str = "BACKUP"

    def read(self, word: str, setting: ParseContext) -> str:
        if not re.fullmatch(r"[\w.:/+-]{1,255}", word):
            raise Refused(
                f"{shown(word)} is no name of a backup.", f"Type one that {slash('history')} SERVICE lists."
            )
        return word


@dataclass(frozen=True)
class AddressOrWaf(Parameter):
    """An IP address or range, always with its prefix length; or `waf`, the firewall itself."""

    label: str = "ADDRESS|waf"
    hint: str = "203.0.113.50, 203.0.113.0/24, or waf"

    def read(self, word: str, setting: ParseContext) -> str:
        if word.casefold() == "waf":
            return "waf"
        try:
            return str(ip_network(word))
        except ValueError as error:
            near = _without_host_bits(word)
            instead = f"Did you mean {near}?" if near else f"Type {spelled(self.hint)}."
            raise Refused(f"{shown(word)} is not an address: {str(error).rstrip('.')}.", instead) from error


def _without_host_bits(word: str) -> str:
    """The range that an address with a prefix lies in, empty for what is none."""
    try:
        return str(ip_network(word, strict=False))
    except ValueError:
        return ""


@dataclass(frozen=True)
class Text(Parameter):
    """Free text to the end of the line; it keeps its own spacing."""

    label: str = "TEXT"
    longest: int = 2000

    def read(self, word: str, setting: ParseContext) -> str:
        if not word.strip():
            raise Refused(f"{self.label} is missing.", f"Type it after the command: {spelled(self.hint)}.")
        if len(word) > self.longest:
            raise Refused(
                f"{self.label} has {len(word):,} characters; it takes up to {self.longest:,}.",
                "Shorten it, or put the rest in the thread.",
            )
        return word.strip()


@dataclass(frozen=True)
class Flag(Parameter):
    """A flag: its name, with or without dashes."""

    label: str = ""

    def read(self, word: str, setting: ParseContext) -> bool:
        said = word.casefold()
        if said not in {"", "yes", "true", "on", "no", "false", "off"}:
            raise Refused(f"{shown(word)} is not yes or no.", f"Type --{self.label}, or leave it out.")
        return said not in {"no", "false", "off"}


def _bare(severity: str) -> str:
    """`sev-2` and `SEV_2` are SEV2."""
    return re.sub("[-_]", "", severity).casefold()


AService = Annotated[Service, ServiceNamed()]
APerson = Annotated[Person, PersonParameter()]
