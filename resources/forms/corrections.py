"""Check what a stranger says is wrong, and how staff answer it."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, override
from django.utils.translation import gettext_lazy as _

from portal.lib import languages
from portal.lib.publicform import FormTokenField

from ..models import Correction

LONGEST_TEXT = 1000
CHOOSE = _("Choose what is wrong.")


class ReportForm(forms.Form):
    """What a stranger sends: one choice, and words if they like."""

    field = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=[
            (Correction.Field.PHONE, _("The phone number")),
            (Correction.Field.ADDRESS, _("The address")),
            (Correction.Field.HOURS, _("The hours")),
            (Correction.Field.CLOSED, _("Whether it is open at all")),
            (Correction.Field.SERVICES, _("What they offer")),
            (Correction.Field.LANGUAGES, _("The languages they speak")),
            (Correction.Field.PAYMENT, _("How you can pay")),
            (Correction.Field.OTHER, _("Something else")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    text = forms.CharField(
        label=_("What is right instead? (You can leave this empty.)"),
        help_text=_("Do not write names, and nothing about yourself or about another person."),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={"max_length": _("Write 1,000 letters or fewer.")},
    )

    def __init__(self, *args, listing, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["token"] = FormTokenField(purpose=f"correction.{listing.pk}")


# What staff answer most often, by what was wrong. Each stands in the ledger as it is here, in every language.
READY = {
    Correction.Field.PHONE: gettext_lazy("The phone number was wrong. It is corrected now."),
    Correction.Field.ADDRESS: gettext_lazy("The address was wrong. It is corrected now."),
    Correction.Field.HOURS: gettext_lazy("The hours were wrong. They are corrected now."),
    Correction.Field.SERVICES: gettext_lazy("What they offer was wrong here. It is corrected now."),
    Correction.Field.LANGUAGES: gettext_lazy("The languages were wrong. They are corrected now."),
    Correction.Field.PAYMENT: gettext_lazy("The ways to pay were wrong. They are corrected now."),
    Correction.Field.CLOSED: gettext_lazy("We were wrong about whether this place is open. It is corrected now."),
    Correction.Field.OTHER: gettext_lazy("There was a mistake here. It is corrected now."),
}


def ready_answer(field: str, language: str) -> str:
    """Return the answer for this kind of mistake that is written already."""
    with override(language):
        return str(READY[Correction.Field(field)])


class DecisionForm(forms.ModelForm):
    """How staff answer a report: accepted with an answer in every language, or refused."""

    decision = forms.ChoiceField(
        label=_("Was it wrong?"),
        choices=[(state, state.label) for state in (Correction.State.ACCEPTED, Correction.State.REFUSED)],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )

    class Meta:
        model = Correction
        fields = languages.columns("answer")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for code in languages.codes():
            column = languages.column("answer", code)
            self.fields[column].required = False
            self.initial[column] = ready_answer(self.instance.field, code)

    def clean(self):
        """Ask for an answer in every language where the ledger will show one."""
        cleaned = super().clean()
        if cleaned.get("decision") == Correction.State.ACCEPTED:
            if timezone.localdate(self.instance.listing.updated_at) < self.instance.reported_on:
                self.add_error(
                    "decision", ValidationError(gettext("Nothing here has changed since. Mend it first."), "same")
                )
            for column in languages.columns("answer"):
                if not cleaned.get(column):
                    self.add_error(column, ValidationError(gettext("Write an answer in every language."), "required"))
        return cleaned
