"""Check a place that an editor adds in a minute: its name and number, and one line a stop or a time."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from portal.lib import languages, phones
from portal.reference.models import Department

from ..models import Answer, ListingType, Location, Place, Schedule, ServiceAtLocation
from ..samhsa import codes
from .calls import DAYS, Days

FIRST_LINES = 4
MOST_LINES = 20


class ListingTypeForm(forms.ModelForm):
    """A kind of place; what every such place offers must be claims that search knows."""

    class Meta:
        model = ListingType
        fields = ("code", *languages.columns("name", "plural"), "block", "claims", "position")

    def clean_claims(self):
        """Return the claims one space apart, all of them known."""
        claims = self.cleaned_data["claims"].split()
        unknown = [claim for claim in claims if claim not in codes.load_claims()]
        if unknown:
            said = _("No such claim: %(names)s")
            raise forms.ValidationError(said, code="claims", params={"names": ", ".join(unknown)})
        return " ".join(claims)


class QuickForm(forms.Form):
    """What a place is, and how to reach it."""

    kind: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Kind of place"), queryset=ListingType.objects.order_by("position", "pk")
    )
    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("As it stands on the door."))
    number = forms.CharField(label=_("Phone"), max_length=30, required=False, validators=[phones.validate])
    extension = forms.CharField(
        label=_("Extension"), max_length=10, required=False, validators=[RegexValidator(r"^\d+$", _("Digits only."))]
    )
    spanish = forms.ChoiceField(
        label=_("Spanish"), choices=ServiceAtLocation.Support, initial=ServiceAtLocation.Support.UNKNOWN
    )
    walk_in = forms.ChoiceField(label=_("Walk in without appointment"), choices=Answer, initial=Answer.UNKNOWN)
    is_virtual = forms.BooleanField(
        label=_("Only by phone or video"), required=False, help_text=_("Then the lines below need no address.")
    )

    def clean_is_virtual(self):
        """Refuse a place without an address where nobody has said in which state this site is."""
        is_virtual = self.cleaned_data["is_virtual"]
        if is_virtual and Department.objects.current() is None:
            raise forms.ValidationError(_("Enter the department first: its state is the place's."), code="state")
        return is_virtual


class StopForm(forms.Form):
    """A place to go to and a time; without an address it is another time at the place in the line above."""

    address_1 = forms.CharField(label=_("Street and number"), max_length=200, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False, help_text=_("Blank: that of the ZIP code."))
    postal_code = forms.CharField(
        label=_("ZIP code"),
        max_length=10,
        required=False,
        validators=[RegexValidator(r"^\d{5}(-\d{4})?$", _("Enter a ZIP code with 5 digits, like 06112."))],
    )
    byday = Days(label=_("Days"), choices=DAYS, required=False)
    opens_at = forms.TimeField(label=_("Opens at"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    closes_at = forms.TimeField(label=_("Closes at"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M"))

    @cached_property
    def place(self) -> Place | None:
        """The ZIP code in our own table."""
        return Place.objects.filter(zip=self.cleaned_data.get("postal_code", "")[:5]).first()

    @property
    def is_another_place(self) -> bool:
        """The line names an address of its own."""
        return any(self.cleaned_data.get(name) for name in ("address_1", "city", "postal_code"))

    def clean(self):
        """Ask for a ZIP code that we know, and for days with both times or none of them."""
        super().clean()
        if self.is_another_place and "postal_code" not in self.errors and self.place is None:
            self.add_error("postal_code", _("We do not know this ZIP code, so we cannot say where the place is."))
        times = [self.cleaned_data.get(name) for name in ("opens_at", "closes_at")]
        if any(time is not None for time in times) and None in times:
            self.add_error("closes_at", _("Enter when it opens and when it closes."))
        if None not in times and not self.cleaned_data.get("byday"):
            self.add_error("byday", _("Choose the days."))
        if self.cleaned_data.get("byday") and None in times:
            self.add_error("opens_at", _("Enter when it opens and when it closes."))
        return self.cleaned_data

    def location(self) -> Location:
        """Return the place to go to, its point the middle of its ZIP code; not saved."""
        own, zone = self.cleaned_data, self.place
        assert zone is not None  # `clean` has refused an unknown ZIP code
        return Location(
            address_1=own["address_1"],
            city=own["city"] or zone.city,
            state_province=zone.state,
            postal_code=own["postal_code"],
            latitude=zone.latitude,
            longitude=zone.longitude,
            point_source=Location.PointSource.ZIP_CENTROID,
        )

    def schedule(self) -> Schedule | None:
        """Return the time, or nothing where none was entered; not saved."""
        own = self.cleaned_data
        if own["opens_at"] is None:
            return None
        return Schedule(byday=own["byday"], opens_at=own["opens_at"], closes_at=own["closes_at"])


class StopFormSet(forms.BaseFormSet):
    """The lines in their order: a line without an address belongs to the place above it."""

    is_virtual = False

    def clean(self):
        """Ask the first line for a place, unless there is none to go to, and refuse the same place twice."""
        if any(self.errors):
            return
        seen: set[tuple[str, ...]] = set()
        for number, form in enumerate(self.filled()):
            where = tuple(form.cleaned_data[name].casefold() for name in ("address_1", "postal_code"))
            if number == 0 and not form.is_another_place and not self.is_virtual:
                form.add_error("postal_code", _("Enter a ZIP code with 5 digits, like 06112."))
            elif form.is_another_place and where in seen:
                form.add_error("address_1", _("This place stands above. Leave the address blank to add a time to it."))
            seen.add(where)
        if not self.filled() and not self.is_virtual:
            raise forms.ValidationError(_("Enter where it is: a ZIP code is enough."), code="nowhere")

    def filled(self) -> list[StopForm]:
        """Return the lines in which something was entered."""
        return [form for form in self.forms if form.has_changed()]

    def stops(self) -> list[tuple[Location, list[Schedule]]]:
        """Return each place with its times, none of them saved."""
        stops: list[tuple[Location, list[Schedule]]] = [(_virtual(), [])] if self.is_virtual else []
        for form in self.filled():
            if form.is_another_place and not self.is_virtual:
                stops.append((form.location(), []))
            if (schedule := form.schedule()) is not None:
                stops[-1][1].append(schedule)
        return stops


def stop_formset(data=None, *, is_virtual: bool = False) -> StopFormSet:
    """Return the lines of the form, blank or as they were sent."""
    lines = forms.formset_factory(
        StopForm, StopFormSet, extra=FIRST_LINES, max_num=MOST_LINES, absolute_max=MOST_LINES, validate_max=True
    )(data, prefix="stops")
    assert isinstance(lines, StopFormSet)  # for mypy: the factory's class is made from it
    lines.is_virtual = is_virtual
    return lines


def _virtual() -> Location:
    """Return a place without a point, in the state of the department; not saved."""
    department = Department.objects.get()
    return Location(location_type=Location.Type.VIRTUAL, state_province=department.state)


def is_listed_already(name: str, stops: list[tuple[Location, list[Schedule]]]) -> bool:
    """Say whether a place of this name stands at one of these addresses already."""
    where = {(location.address_1.casefold(), location.postal_code) for location, _times in stops}
    listed = ServiceAtLocation.objects.public().filter(service__organization__name__iexact=name)
    known = listed.values_list("location__address_1", "location__postal_code")
    return any((address.casefold(), code) in where for address, code in known)
