"""Adding cells: AWS accounts and Regions in which tenants can be placed."""

import re
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import ValidationFailed
from tenants.models import Cell
from tenants.services import audit

# AWS Regions are named <area>-<direction>-<number>, with a part more in some partitions (us-gov-west-1).
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+){1,2}-\d{1,2}")
# IAM user guide, "IAM and AWS STS quotas, name requirements": a path and a role name of up to 64 characters.
_ROLE_ARN = re.compile(r"arn:aws(?:-[a-z]+)*:iam::\d{12}:role/(?:[\x21-\x7e]{1,510}/)?[\w+=,.@-]{1,64}", re.ASCII)
# AWS STS API reference, AssumeRole, ExternalId.
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class CellSettings:
    """Where a cell is and how it is reached.

    Args:
        name: short, unique, in lower case.
        region: an AWS Region, such as eu-central-1.
        role_arn: the role to assume; empty for the identity that Lifeguard runs with.
        external_id: sent with AssumeRole; only with a role.
        endpoint_url: where Cognito's API is; empty for AWS itself.
        hosted_base_url: where the endpoint's hosted pages are; only with an endpoint.
    """

    name: str
    region: str
    role_arn: str = ""
    external_id: str = ""
    endpoint_url: str = ""
    hosted_base_url: str = ""


@transaction.atomic
def add_cell(settings: CellSettings, *, actor: Actor) -> Cell:
    """Add a cell. Nothing is created in it until a tenant is placed there.

    Raises:
        ValidationFailed: names every field that cannot be used.
    """
    faults = cell_faults(settings)
    if faults:
        raise ValidationFailed(_("The cell cannot be added like this."), fields=faults)
    try:
        with transaction.atomic():
            cell = Cell.objects.create(**asdict(settings))
    except IntegrityError as error:
        message = _("There is a cell with this name.")
        raise ValidationFailed(message, fields={"name": message}) from error
    audit.record(Action.CELL_ADDED, actor=actor, target=cell, after=asdict(settings))
    return cell


def cell_faults(settings: CellSettings) -> dict[str, str]:
    """Return what is wrong with a cell's settings, by field; empty when nothing is."""
    faults = {
        "name": _fault_of_name(settings.name),
        "region": "" if _REGION.fullmatch(settings.region) else _("Use a Region's code, such as eu-central-1."),
        "role_arn": _fault_of_role(settings.role_arn),
        "external_id": _fault_of_external_id(settings),
        "endpoint_url": _fault_of_url(settings.endpoint_url),
        "hosted_base_url": _fault_of_hosted_url(settings),
    }
    return {field: fault for field, fault in faults.items() if fault}


def _fault_of_name(name: str) -> str:
    try:
        validate_slug(name)
    except ValidationError:
        return _("Use letters, digits and hyphens.")
    return _("Use at most 40 characters, in lower case.") if len(name) > 40 or name != name.lower() else ""


def _fault_of_role(arn: str) -> str:
    if not arn or _ROLE_ARN.fullmatch(arn):
        return ""
    return _("Use a role's ARN, such as arn:aws:iam::123456789012:role/lifeguard.")


def _fault_of_external_id(settings: CellSettings) -> str:
    if not settings.external_id:
        return ""
    if not settings.role_arn:
        return _("An external id goes with a role; enter the role too.")
    if _EXTERNAL_ID.fullmatch(settings.external_id):
        return ""
    return _("Use 2 to 1224 letters, digits and the characters + = , . @ : / - _")


def _fault_of_hosted_url(settings: CellSettings) -> str:
    if settings.hosted_base_url and not settings.endpoint_url:
        return _("AWS's own hosted pages have their own address; leave this empty.")
    return _fault_of_url(settings.hosted_base_url)


def _fault_of_url(url: str) -> str:
    if not url:
        return ""
    message = _("Use an address such as https://cognito.example.com, without user name, query or fragment.")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return message
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= 200
    return "" if usable and plain and "@" not in parts.netloc and not parts.query and not parts.fragment else message
