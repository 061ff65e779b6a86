"""The form that takes down what AWS granted a cell."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext_lazy as _

from identity.services.cell_quotas import ADJUSTABLE_RATES, USER_POOLS_DEFAULT, CellQuotas
from tenants.models import Cell


class CellQuotaForm(forms.Form):
    """A figure for each quota that AWS raises; empty for those that were never raised."""

    def __init__(self, cell: Cell, data: Mapping[str, Any] | None = None) -> None:
        pools = None if cell.user_pool_quota == USER_POOLS_DEFAULT else cell.user_pool_quota
        super().__init__(data, initial={**cell.raised_quotas, "user_pools": pools})
        for name, default in ADJUSTABLE_RATES.items():
            self.fields[name] = forms.IntegerField(
                label=name,
                required=False,
                help_text=_("Requests per second. AWS grants everybody %(default)d.") % {"default": default},
            )
        self.fields["user_pools"] = forms.IntegerField(
            label=_("User pools in the Region"),
            required=False,
            help_text=_("AWS grants everybody %(default)s.") % {"default": intcomma(USER_POOLS_DEFAULT)},
        )

    def quotas(self) -> CellQuotas:
        """Return what was entered; the form must be valid."""
        entered = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return CellQuotas(user_pools=entered.pop("user_pools", USER_POOLS_DEFAULT), rates=entered)
