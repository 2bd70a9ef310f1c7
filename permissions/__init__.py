"""Who may do what: Cedar policies, the question put to them, and decisions that explain themselves."""

from permissions.examples import check_examples
from permissions.loading import PolicyErrors
from permissions.policies import Policies
from permissions.query import Approval, AuthorizationContext, AuthorizationQuery, Decision, Needs
from permissions.schema import ROLES, ActionDecl, actions_of, schema

__all__ = [
    "ROLES",
    "ActionDecl",
    "Approval",
    "AuthorizationContext",
    "AuthorizationQuery",
    "Decision",
    "Needs",
    "Policies",
    "PolicyErrors",
    "actions_of",
    "check_examples",
    "schema",
]
