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
    seen = forms.CharField(label="", required=False, widget=forms.HiddenInput)

    class Meta:
        model = ServiceAtLocation
        fields = ["service", "location", "slug", "codes"]  # the admin's fieldsets name the rest

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = self.instance.updated_at.isoformat()

    def clean(self):
        """Refuse to write over what a call, an import or a colleague has saved since the page was opened."""
        cleaned = super().clean()
        now = ServiceAtLocation.objects.select_for_update().filter(pk=self.instance.pk).first()
        if now and cleaned.get("seen") not in ("", now.updated_at.isoformat()):
            raise forms.ValidationError(
                _(
                    "Nothing was saved: somebody else saved this listing after you opened it. What you wrote is still "
                    "here. Open the listing again beside this page, and change it there."
                ),
                code="changed",
            )
        return cleaned
