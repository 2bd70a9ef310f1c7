"""The AWS side of the runbooks' systems, as they stand before anyone plays."""

from playground.aws.cloud import Cloud
from playground.aws.found import modelled
from playground.aws.seed_ecs import seed_delivery_standard, seed_miyabi_dev
from playground.aws.seed_lambda import seed_functions
from playground.aws.seed_metrics import seed_metrics

ACCOUNT = "112530848482"


def seed_systems(world: Cloud) -> None:
    """Put the ECS services, functions, load balancers and alarms of the runbooks in place."""
    seed_delivery_standard(world)
    seed_miyabi_dev(world)
    seed_functions(world)
    seed_metrics(world)
    for service in modelled().values():
        service.seed(world)
