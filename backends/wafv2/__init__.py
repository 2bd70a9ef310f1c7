"""AWS WAF: addresses blocked before a load balancer, and the firewall put there."""

from backends.shared import Kind, Shared
from backends.wafv2.adapter import Waf
from backends.wafv2.target import WafTarget

__all__ = ["KIND", "Waf", "WafTarget"]


def _build(shared: Shared) -> Waf:
    told = shared.settings
    return Waf(shared.aws, told.clock, told.poll_s, told.sleep)


KIND = Kind("wafv2", WafTarget, _build)
