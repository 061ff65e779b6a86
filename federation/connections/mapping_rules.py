"""What is wrong with a mapping before Cognito, or a person at sign-in, finds out. Pure."""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from federation.connections.mapping import Mapping as ClaimMapping
from tenants.permissions import TenantRole
from tenants.pool_options import CustomAttribute

MOST_RULES = 200
LONGEST_CLAIM = 256


def mapping_problems(
    mapping: ClaimMapping, *, attributes: Collection[CustomAttribute], groups: Collection[str]
) -> Mapping[str, str]:
    """Return what is wrong, by field: "email", "name" …, "custom" and "rules"; empty where nothing is.

    Args:
        mapping: what somebody wants.
        attributes: the pool's own attributes.
        groups: the names of the tenant's groups.
    """
    found: dict[str, str] = {}
    if not mapping.email:
        found["email"] = _("Say which claim holds the e-mail address: without one, nobody can be let in.")
    for field in ("email", "name", "given_name", "family_name", "groups"):
        if fault := _claim_fault(getattr(mapping, field)):
            found[field] = fault
    if fault := _custom_fault(mapping.custom, attributes):
        found["custom"] = fault
    if fault := _rules_fault(mapping, groups):
        found["rules"] = fault
    return found


def _claim_fault(claim: str) -> str:
    if len(claim) > LONGEST_CLAIM or not claim.isprintable() or claim != claim.strip():
        return _("Use at most %(most)d printable characters, without spaces around them.") % {"most": LONGEST_CLAIM}
    return ""


def _custom_fault(custom: Mapping[str, str], attributes: Collection[CustomAttribute]) -> str:
    known = {each.name: each for each in attributes}
    for name, claim in custom.items():
        if name not in known:
            return _("The user pool has no attribute %(name)s.") % {"name": name}
        # "Specifying identity provider attribute mappings": a mapped attribute that cannot change fails the sign-in.
        if not known[name].mutable:
            return _("%(name)s is fixed once it is set, and Cognito would refuse the second sign-in.") % {"name": name}
        if not claim or _claim_fault(claim):
            return _("Say which claim %(name)s is from.") % {"name": name}
    return ""


def _rules_fault(mapping: ClaimMapping, groups: Collection[str]) -> str:
    if mapping.rules and not mapping.groups:
        return _("The rules need a claim with the person's groups. Say which one it is.")
    if len(mapping.rules) > MOST_RULES:
        return _("There can be %(most)d rules.") % {"most": MOST_RULES}
    if len({rule.value for rule in mapping.rules}) < len(mapping.rules):
        return _("Two rules are for one group. Put what it gives into one of them.")
    for rule in mapping.rules:
        if not rule.value or _claim_fault(rule.value):
            return _("A rule lacks the group at the identity provider.")
        if not (rule.group or rule.role):
            return _("The rule for %(value)s gives nothing. Choose a group or a role.") % {"value": rule.value}
        if rule.group and rule.group not in groups:
            return _("There is no group %(name)s here.") % {"name": rule.group}
        if rule.role and rule.role not in TenantRole.values:
            return _("There is no role %(name)s.") % {"name": rule.role}
    return ""
