"""Check what staff enter about a listing."""

from django import forms
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

from ..models import ServiceAtLocation, TaxonomyTerm, Verification


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
        fields = ["service", "location", "slug", "status", "status_since", "moved_to", "codes"]


class VerificationForm(forms.ModelForm):
    """One attempt to check a listing, with the fields read back as boxes to tick."""

    fields = forms.MultipleChoiceField(  # type: ignore[assignment]  # the model's own word
        label=_("Fields read back"),
        choices=Verification.Field.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Verification
        fields = ["method", "outcome", "at", "fields"]

    def clean_at(self):
        """Return the moment of the attempt, which is over."""
        at = self.cleaned_data["at"]
        if at > timezone.now():
            raise forms.ValidationError(_("This moment is in the future."), code="future")
        return at
