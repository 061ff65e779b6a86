"""Forms about the operator's APIs, and which of them an application calls."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.models import ResourceServer
from tenants.services.resource_servers import LONGEST_IDENTIFIER, LONGEST_NAME, ResourceServerSettings


class ResourceServerForm(forms.Form):
    """Adds an API, or changes one."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    identifier = forms.CharField(
        label=_("Identifier"),
        max_length=LONGEST_IDENTIFIER,
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
        help_text=_(
            "What the API calls itself, such as https://api.example.com. Applications ask for it as “resource”, and "
            "access tokens for it have it in “aud”. It cannot be changed later."
        ),
    )
    scopes = forms.CharField(
        label=_("Scopes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=_(
            "One per line: its name, a space, and what it allows, such as “orders:read Read orders”. No two APIs have "
            "one of the same name."
        ),
    )

    def __init__(self, *args: Any, added: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["identifier"].disabled = added

    @classmethod
    def initial_of(cls, server: ResourceServer) -> dict[str, object]:
        """Return what the form shows for an API."""
        scopes = server.scopes.values_list("name", "description")
        lines = "\n".join(f"{name} {description}" for name, description in scopes)
        return {"name": server.name, "identifier": server.identifier, "scopes": lines}

    def settings(self) -> ResourceServerSettings:
        """Return what was asked for; the form must be valid."""
        data = self.cleaned_data
        lines = [line.strip().partition(" ") for line in data["scopes"].splitlines() if line.strip()]
        scopes = {name: description.strip() for name, _space, description in lines}
        return ResourceServerSettings(name=data["name"], identifier=data["identifier"], scopes=scopes)


class ApplicationResourcesForm(forms.Form):
    """Which APIs an application calls: for each a box, and the boxes of its scopes."""

    def __init__(
        self, data: Mapping[str, Any] | None, *, servers: Iterable[ResourceServer], chosen: Mapping[str, list[str]]
    ) -> None:
        super().__init__(data)
        self._servers = list(servers)
        for server in self._servers:
            self.fields[f"use_{server.pk}"] = forms.BooleanField(
                label=_("May call it"), required=False, initial=server.identifier in chosen
            )
            scopes = [(scope.name, f"{scope.name}: {scope.description}") for scope in server.scopes.all()]
            if scopes:
                self.fields[f"scopes_{server.pk}"] = forms.MultipleChoiceField(
                    label=_("With these scopes"),
                    required=False,
                    choices=scopes,
                    initial=chosen.get(server.identifier, []),
                    widget=forms.CheckboxSelectMultiple,
                )

    @property
    def apis(self) -> list[tuple[ResourceServer, list[forms.BoundField]]]:
        """Each API with its fields, for the page."""
        names = ((server, (f"use_{server.pk}", f"scopes_{server.pk}")) for server in self._servers)
        return [(server, [self[name] for name in two if name in self.fields]) for server, two in names]

    def chosen(self) -> dict[uuid.UUID, list[str]]:
        """Return what was chosen; the form must be valid."""
        data = self.cleaned_data
        used = (server.pk for server in self._servers if data[f"use_{server.pk}"])
        return {pk: data.get(f"scopes_{pk}", []) for pk in used}
