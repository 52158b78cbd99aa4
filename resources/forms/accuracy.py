"""Read what a caller heard about a place of the monthly sample."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import SampledListing
from ..stats.score import stated
from ..stats.shown import FIELDS

RIGHT, WRONG = "right", "wrong"


class ScoreForm(forms.Form):
    """Whether somebody was reached and, of each thing the page states, whether it was right."""

    REACHED, NOBODY = "reached", "nobody"

    outcome = forms.ChoiceField(
        label=gettext_lazy("Did you reach somebody there?"),
        choices=[(REACHED, gettext_lazy("Yes")), (NOBODY, gettext_lazy("No, or the number is wrong"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one.")},
    )

    def __init__(self, *args, row: SampledListing, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields_to_score = stated(row)
        for field in self.fields_to_score:
            self.fields[field] = forms.ChoiceField(
                label=FIELDS[field],
                choices=[(RIGHT, gettext_lazy("Right")), (WRONG, gettext_lazy("Wrong"))],
                widget=forms.RadioSelect,
                required=False,
            )

    def clean(self):
        """Ask for every field once somebody was reached: a field left out would count for nothing."""
        cleaned = super().clean()
        if cleaned.get("outcome") == self.REACHED:
            for field in self.fields_to_score:
                if not cleaned.get(field):
                    self.add_error(field, ValidationError(_("Say whether it was right."), "required"))
        return cleaned

    @property
    def is_reached(self) -> bool:
        """Whether somebody was reached; call it on a valid form."""
        return self.cleaned_data["outcome"] == self.REACHED

    def answers(self) -> dict[str, bool]:
        """Return field by field whether the page was right; call it on a valid form of a place that was reached."""
        return {field: self.cleaned_data[field] == RIGHT for field in self.fields_to_score}


class CorrectedScoreForm(ScoreForm):
    """Another score over the first, with the reason for it."""

    why = forms.CharField(
        label=gettext_lazy("Why is the first score wrong?"),
        max_length=200,
        help_text=gettext_lazy("It stays in the history, with the first score and your name."),
    )
