"""Check what a caller records of a call, and hand it on as the actions want it."""

from django import forms
from django.core.validators import RegexValidator
from django.forms.models import BaseInlineFormSet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from portal.lib import languages, phones

from ..actions.changes import COLUMNS, OF_A_SCHEDULE, takes_medicaid
from ..models import Answer, CallToMake, Schedule, ServiceAtLocation, Verification

Outcome = Verification.Outcome
SPOKEN_WITH = {Outcome.REACHED, Outcome.NO_NEW_PATIENTS, Outcome.MOVED, Outcome.CLOSED}
DAYS = [
    ("MO", _("Mon")),
    ("TU", _("Tue")),
    ("WE", _("Wed")),
    ("TH", _("Thu")),
    ("FR", _("Fri")),
    ("SA", _("Sat")),
    ("SU", _("Sun")),
]


class Days(forms.MultipleChoiceField):
    """Days of the week as boxes, kept as iCalendar writes them: MO,TU,WE."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value):
        return value.split(",") if isinstance(value, str) else value

    def clean(self, value):
        return ",".join(super().clean(value))

    def has_changed(self, initial, data):
        return super().has_changed((initial or "").split(",") if initial else [], data)


class HoursForm(forms.ModelForm):
    """One line of the weekly hours."""

    byday = Days(label=_("days"), choices=DAYS, required=False)

    class Meta:
        model = Schedule
        fields = OF_A_SCHEDULE
        widgets = dict.fromkeys(("opens_at", "closes_at"), forms.TimeInput(format="%H:%M", attrs={"type": "time"}))

    def clean(self):
        """Ask for days and both times, or for none of them and words instead."""
        super().clean()
        times = [self.cleaned_data.get(name) for name in ("opens_at", "closes_at")]
        if any(times) and not all(times):
            self.add_error("closes_at", _("Enter when it opens and when it closes."))
        if all(times) and not self.cleaned_data.get("byday"):
            self.add_error("byday", _("Choose the days."))


class _WeeklyHours(BaseInlineFormSet):
    def get_queryset(self):
        """Leave out what a line of boxes cannot say, such as the first Monday of a month: it stays as it is."""
        weekly = super().get_queryset().filter(freq=Schedule.Frequency.WEEKLY, interval=1)
        return weekly.filter(byday__regex=r"^([A-Z]{2}(,[A-Z]{2})*)?$").order_by("pk")

    def rows(self) -> list[dict]:
        """Return each line that somebody filled in, with the pk of its schedule and whether it is to go."""
        return [
            {name: form.cleaned_data[name] for name in OF_A_SCHEDULE}
            | {"pk": form.instance.pk, "is_removed": form.cleaned_data["DELETE"]}
            for form in self.forms
            if form.has_changed()
        ]


HoursFormSet = forms.inlineformset_factory(
    ServiceAtLocation,
    Schedule,
    form=HoursForm,
    formset=_WeeklyHours,
    extra=2,
    can_delete=True,
    max_num=30,
    absolute_max=40,
)


def _answer(label) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=Answer.choices, required=False)


class CallForm(forms.Form):
    """The one screen for the result of a call; what is not touched stays as it is."""

    method = forms.ChoiceField(
        label=_("How"),
        choices=[(each.value, each.label) for each in Verification.BY_THE_DEPARTMENT],
        initial=Verification.Method.PHONE,
        widget=forms.RadioSelect,
    )
    outcome = forms.ChoiceField(
        label=_("How it ended"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how the call ended.")},
    )
    call_back_at = forms.DateTimeField(
        label=_("Call back at"),
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        help_text=_("Only for “Asked to call back”. Leave it blank for any time tomorrow."),
    )
    read_back = forms.MultipleChoiceField(
        label=_("What did they confirm?"),
        choices=Verification.Field.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick only what you read out and they said is right. Visitors see these words beside the date."),
    )
    phone_number = forms.CharField(
        label=_("Phone"), max_length=30, required=False, validators=[phones.validate], widget=forms.TextInput
    )
    extension = forms.CharField(
        label=_("Extension"), max_length=10, required=False, validators=[RegexValidator(r"^\d+$", _("Digits only."))]
    )
    takes_new_patients = _answer(_("Takes new patients"))
    walk_in = _answer(_("Walk in without appointment"))
    same_day_start = _answer(_("Starts the same day"))
    id_needed = _answer(_("Asks for ID"))
    asks_immigration = _answer(_("Asks about immigration status"))
    medicaid = _answer(_("Takes Medicaid"))
    spanish = forms.ChoiceField(
        label=_("Who there speaks Spanish"), choices=ServiceAtLocation.Support.choices, required=False
    )
    note = forms.CharField(
        label=_("Note for staff"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Never the name of a patient."),
    )
    anyway = forms.BooleanField(label=_("I made this call. Record it all the same."), required=False)

    def __init__(self, data=None, *, listing):
        self.listing = listing
        self.phone = next(iter(listing.numbers_to_call), None)
        super().__init__(data, initial=self._known())
        for column, code in zip(languages.columns("up_front"), languages.codes(), strict=True):
            label = _("To pay up front (%(language)s)") % {"language": languages.name(code)}
            self.fields[column] = forms.CharField(label=label, max_length=300, required=False)
        for doubt in self.doubts:
            self.fields[f"doubt_{doubt.pk}"] = forms.CharField(
                label=doubt.reason,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("Write what you learned, and this question is closed. Blank: it stays open."),
            )
        self.hours = HoursFormSet(data, instance=listing, prefix="hours")

    @cached_property
    def doubts(self) -> list[CallToMake]:
        """The open questions about this listing."""
        return list(self.listing.calls_to_make.waiting().order_by("pk"))

    def _known(self) -> dict:
        known = {name: getattr(self.listing, name) for name in COLUMNS}
        known["medicaid"] = Answer.YES if takes_medicaid(self.listing) else Answer.UNKNOWN
        if self.phone:
            known |= {"phone_number": self.phone.number, "extension": self.phone.extension}
        return known

    def clean_call_back_at(self):
        """Return the moment, which lies ahead."""
        at = self.cleaned_data["call_back_at"]
        if at and at <= timezone.now():
            raise forms.ValidationError(_("This moment is over. Enter one that lies ahead."))
        return at

    def clean_phone_number(self):
        """Return the number as it is written down; one that stands there already is no correction."""
        number = self.cleaned_data["phone_number"]
        if not number and self.phone:
            raise forms.ValidationError(_("Correct the number, or choose “Wrong number” and leave it as it is."))
        if not number or "phone_number" not in self.changed_data:
            return number
        parsed = phones.parse(number)
        if parsed.extension:
            raise forms.ValidationError(_("Write the extension in its own box."))
        digits = str(parsed.national_number)
        written = f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
        others = [phone for phone in self.listing.phones.all() if phone != self.phone]
        if phones.display(written) in [phone.display for phone in others]:
            raise forms.ValidationError(_("This listing has this number already, in another place."))
        return written

    def clean(self):
        """Hold what belongs together: only somebody who was reached confirms, only somebody spoken with corrects."""
        super().clean()
        outcome, read_back = self.cleaned_data.get("outcome"), self.cleaned_data.get("read_back")
        if outcome == Outcome.REACHED and not read_back and "read_back" not in self.errors:
            self.add_error("read_back", _("Tick what they confirmed, at least one."))
        if outcome and outcome != Outcome.REACHED and read_back:
            self.add_error("read_back", _("Only a place that was reached confirms something. Untick these."))
        if outcome and outcome != Outcome.CALL_BACK and self.cleaned_data.get("call_back_at"):
            self.add_error("call_back_at", _("This is only for “Asked to call back”. Leave it blank."))
        if not self.hours.is_valid():
            self.add_error(None, _("Look at the hours again."))
        elif outcome and outcome not in SPOKEN_WITH and self.changes():
            self.add_error("outcome", _("Nobody told you something in this call, but values below are changed."))

    def changes(self) -> dict:
        """Return the corrected values as `write_changes` takes them."""
        changed, cleaned = set(self.changed_data), self.cleaned_data
        wanted = {name: cleaned[name] for name in COLUMNS if name in changed and name in cleaned}
        if "medicaid" in changed:
            wanted["medicaid"] = cleaned.get("medicaid")
        if cleaned.get("phone_number") and changed & {"phone_number", "extension"}:
            wanted["phone"] = {
                "pk": self.phone and self.phone.pk,
                "number": cleaned["phone_number"],
                "extension": cleaned.get("extension", ""),
            }
        rows = self.hours.rows()
        return wanted | {"hours": rows} if rows else wanted

    def attempt(self) -> dict:
        """Return what `record_verification` wants to know beside who and when."""
        cleaned = self.cleaned_data
        return {
            "method": cleaned["method"],
            "outcome": cleaned["outcome"],
            "fields": cleaned["read_back"],
            "note": cleaned["note"],
            "call_back_at": cleaned["call_back_at"],
            "changes": self.changes(),
        }

    def answers(self) -> dict[int, str]:
        """Return what was learned about each open question, where something was."""
        said = {doubt.pk: self.cleaned_data[f"doubt_{doubt.pk}"] for doubt in self.doubts}
        return {pk: text for pk, text in said.items() if text}


class DoubtForm(forms.ModelForm):
    """What was learned about a place that has no listing yet."""

    class Meta:
        model = CallToMake
        fields = ["note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note"].required = True
