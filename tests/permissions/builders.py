"""Questions with everything said that a test does not care about."""

from datetime import UTC, datetime
from typing import Any

from commands import registry
from model.catalog.schema import Catalog, Environment, GroupFact, People, Service, Target
from model.people import Person
from permissions import AuthorizationContext, AuthorizationQuery, Policies, actions_of, schema

NOON = datetime(2026, 2, 10, 12, tzinfo=UTC)
ANA = Person(team="T0MUSTER", user="U0ANA")
BEN = Person(team="T0MUSTER", user="U0BEN")
CLEO = Person(team="T0MUSTER", user="U0CLEO")
OWNERS, ON_CALL = frozenset({"shop-owners"}), frozenset({"shop-oncall"})
OPERATORS, ENGINEERS = frozenset({"sre"}), frozenset({"engineers"})
SCHEMA = schema(actions_of(registry()))
ACTIONS = tuple(sorted(action.name for action in actions_of(registry())))
CHANGES = ("scale", "restart", "rollback")


def a_service(id: str = "shop-api", environment: str = "production", **facts: Any) -> Service:
    said = {"owners": "shop-owners", "on_call": "shop-oncall", "system": "shop"} | facts
    return Service(
        id=id,
        name=id,
        environment=Environment(environment),
        target=Target(kind="box"),
        source="a test",
        **said,
    )


SHOP = a_service()
STAGING = a_service("shop-staging", "staging")
ELSEWHERE = a_service("zoo-api", owners="zoo-owners", on_call="zoo-oncall", system="zoo")
ROLES = People(
    groups={
        "sre": GroupFact(role="operators"),
        "engineers": GroupFact(role="engineers"),
        "commanders": GroupFact(role="incident-commanders"),
    }
)
CATALOG = Catalog(systems=(), services=(SHOP, STAGING, ELSEWHERE), people=ROLES)


def shipped() -> Policies:
    return Policies.load(None, SCHEMA, CATALOG)


def ask(action: str, groups: frozenset[str] = frozenset(), **said: Any) -> AuthorizationQuery:
    """A question of Ana's; what is no part of a question is one of its facts."""
    own = {
        key: said.pop(key)
        for key in ("person", "service", "system", "is_member", "groups_known")
        if key in said
    }
    about: dict[str, Any] = {"person": ANA, "service": SHOP, "system": "shop"} | own
    return AuthorizationQuery(
        action=action, groups=groups, context=AuthorizationContext(**{"at": NOON} | said), **about
    )
