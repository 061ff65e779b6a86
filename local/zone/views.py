"""The page of the local name server. Whoever reaches a local stack's port may write its records: it is for that."""

import os
from pathlib import Path

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from local.dns.records import canonical, read_records, write_records


class RecordForm(forms.Form):
    """Adds a TXT record."""

    name = forms.CharField(label="Name", max_length=253, help_text="The whole name, with the domain.")
    value = forms.CharField(label="Value", max_length=1000)


@require_http_methods(["GET", "HEAD", "POST"])
def records(request: HttpRequest) -> HttpResponse:
    """All records, and a form for one more."""
    form = RecordForm(request.POST or None)
    found = read_records(_file())
    if request.method == "POST" and form.is_valid():
        name, value = canonical(form.cleaned_data["name"]), form.cleaned_data["value"].strip()
        write_records(_file(), {**found, name: [*found.get(name, []), value]})
        return redirect("local_dns")
    rows = [(name, value) for name, values in sorted(found.items()) for value in values]
    return render(request, "zone/records.html", {"form": form, "rows": rows}, status=422 if form.errors else 200)


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Remove one record."""
    name, value = request.POST.get("name", ""), request.POST.get("value", "")
    found = read_records(_file())
    left = [text for text in found.get(name, []) if text != value]
    others = {key: texts for key, texts in found.items() if key != name}
    write_records(_file(), {**others, name: left} if left else others)
    return redirect("local_dns")


def _file() -> Path:
    return Path(os.environ["LOCAL_DNS_RECORDS"])
