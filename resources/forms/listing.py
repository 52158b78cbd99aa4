"""Check what staff enter about a listing."""

from django import forms
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

from ..models import ServiceAtLocation, TaxonomyTerm


def _terms() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the taxonomy's codes with their words in the active language, under their headings."""
    name, category = (languages.column(field, languages.current()) for field in ("name", "category"))
    groups: dict[str, list[tuple[str, str]]] = {}
    for code, words, heading in TaxonomyTerm.objects.order_by("taxonomy", "pk").values_list("code", name, category):
        groups.setdefault(heading or str(_("Recorded by staff")), []).append((code, f"{words} ({code})"))
    return list(groups.items())


class ListingForm(forms.ModelForm):
    """A listing with its codes to choose from in words."""

    codes = forms.MultipleChoiceField(
        label=_("What it offers"), choices=_terms, required=False, widget=FilteredSelectMultiple(_("services"), False)
    )

    class Meta:
        model = ServiceAtLocation
        fields = ["service", "location", "slug", "codes"]  # the admin's fieldsets name the rest
