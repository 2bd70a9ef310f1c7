"""AWS WAF: addresses blocked before a load balancer, and the firewall put there."""

from backends.shared import Kind
from backends.wafv2.adapter import Waf
from backends.wafv2.target import WafTarget

__all__ = ["KIND", "Waf", "WafTarget"]


KIND = Kind("wafv2", WafTarget, Waf.build)
