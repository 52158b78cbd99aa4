"""Read what a provider would change about its listing."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from portal.lib import phones

from ..actions.provider import asked_by_provider
from ..models import Answer, ServiceAtLocation

ANSWERS = ("takes_new_patients", "walk_in", "same_day_start", "id_needed", "asks_immigration")
WORDS = {"hours_words": "hours words", "services_words": "services words"}  # field of the form: field of the proposal
Support = ServiceAtLocation.Support


def _whole_number(number: str) -> None:
    """Raise `ValidationError` for a short code too: nobody answers for treatment there."""
    phones.parse(number)


def _answer(label) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=Answer.choices, required=False, widget=forms.RadioSelect)


def _words(label) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})
    )


class ChangesForm(forms.Form):
    """The details a provider may put right; it shows what stands, or what the provider asked for before."""

    phone = forms.CharField(
        label=_("Phone for people who look for help"),
        help_text=_("We call a new number before we show it."),
        max_length=30,
        required=False,
        validators=[_whole_number],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    extension = forms.CharField(
        label=_("Extension"), max_length=10, required=False, validators=[RegexValidator(r"^\d+$", _("Digits only."))]
    )
    hours_words = _words(_("What should change in the hours?"))
    services_words = _words(_("What should change in what you offer?"))
    spanish = forms.ChoiceField(
        label=_("Who speaks Spanish there?"), choices=Support.choices, required=False, widget=forms.RadioSelect
    )
    takes_new_patients = _answer(_("Do you take new patients?"))
    walk_in = _answer(_("Can people walk in without an appointment?"))
    same_day_start = _answer(_("Can people start treatment the same day?"))
    id_needed = _answer(_("Do you ask for ID?"))
    asks_immigration = _answer(_("Do you ask about immigration status?"))

    def __init__(self, data=None, *, listing: ServiceAtLocation):
        self.before = _standing(listing)
        asked = {row.field: row.after for row in asked_by_provider(listing)}
        super().__init__(data, initial=_initial(self.before | asked))

    def changes(self) -> dict[str, tuple]:
        """Return what stands and what is asked for, by the name of the proposal's field; call it on a valid form."""
        given, before = self.cleaned_data, self.before
        after: dict = {name: given[name] or before[name] for name in (*ANSWERS, "spanish")}
        if given["phone"]:
            after["phone"] = before["phone"] | {"number": given["phone"], "extension": given["extension"]}
        after |= {field: {"words": given[name]} for name, field in WORDS.items()}
        if "phone" in after and _same_number(before["phone"], after["phone"]):
            after["phone"] = before["phone"]
        return {field: (before[field], value) for field, value in after.items()}


def _standing(listing: ServiceAtLocation) -> dict:
    """Return what the listing says of each field, in the form that `write_changes` takes."""
    phone = next(iter(listing.numbers_to_call), None)
    number = {"pk": phone.pk, "number": phone.number, "extension": phone.extension} if phone else None
    return {
        "phone": number or {"pk": None, "number": "", "extension": ""},
        **{field: {"words": ""} for field in WORDS.values()},
        **{name: getattr(listing, name) for name in (*ANSWERS, "spanish")},
    }


def _initial(values: dict) -> dict:
    words = {name: values[field]["words"] for name, field in WORDS.items()}
    plain = {name: values[name] for name in (*ANSWERS, "spanish")}
    return {"phone": values["phone"]["number"], "extension": values["phone"]["extension"], **words, **plain}


def _same_number(one: dict, other: dict) -> bool:
    """Say whether both dial the same, however they are written."""
    return bool(one["number"]) and _tel(one) == _tel(other)


def _tel(phone: dict) -> str:
    return phones.tel(phone["number"], phone["extension"])
