"""Check what staff hand in: a list, and which column of a table is which of our fields."""

from django import forms
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from portal.lib import languages
from portal.lib.spreadsheet import MAX_FILE_BYTES

from ..geo import STATES
from ..imports import runs, table
from ..models import Import, ListingType


class UploadForm(forms.Form):
    """A file with what it is; `receive` stores it and begins its import."""

    file = forms.FileField(label=_("File"), help_text=_("At most 100 MB. It is deleted when it is applied or refused."))
    format = forms.ChoiceField(label=_("What it is"), choices=Import.Format)
    source = forms.CharField(
        label=_("Name of the list"),
        max_length=40,
        required=False,
        help_text=_(
            "The same name for each new edition of a list: its rows are known again by it. Blank: the usual one."
        ),
    )
    as_of = forms.DateField(
        label=_("State of the data"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The day of the list, not of today. A list older than the last one is refused."),
    )
    state = forms.ChoiceField(
        label=_("Only this state"),
        choices=[("", _("All")), *((code, f"{code} {name}") for code, name in STATES.items())],
        required=False,
    )

    def clean_source(self):
        """Return the name in the one spelling in which lists are known: "Own list" and "own list" are the same."""
        typed = self.cleaned_data["source"]
        if typed and not slugify(typed):
            raise forms.ValidationError(_("Use letters or numbers in the name."), code="nameless")
        return slugify(typed)

    def clean_file(self):
        """Return the file, unless it is too large to be read."""
        if self.cleaned_data["file"].size > MAX_FILE_BYTES:
            raise forms.ValidationError(_("The file is larger than 100 MB. Nothing was read."), code="large")
        return self.cleaned_data["file"]

    def clean_as_of(self):
        """Return the day of the data, which is not to come."""
        if self.cleaned_data["as_of"] > timezone.localdate():
            raise forms.ValidationError(_("This day is in the future."), code="future")
        return self.cleaned_data["as_of"]

    def receive(self, by):
        """Store the file and return its import, or None with an error on the form."""
        given = self.cleaned_data
        path, digest = runs.keep(given["file"])
        try:
            return runs.receive(
                path=path,
                name=given["file"].name,
                digest=digest,
                format=given["format"],
                source=given["source"],
                as_of=given["as_of"],
                by=by,
                mapping={"state": given["state"]},
            )
        except runs.RefusedError as error:
            runs.forget_file(Import(path=str(path)))
            self.add_error(None, str(error))
            return None


class ColumnsForm(forms.Form):
    """For each of our fields the column of the table that holds it."""

    type: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("What all these places are"),
        queryset=ListingType.objects.order_by("position", "pk"),
        to_field_name="code",
        required=False,
        empty_label=_("Treatment"),
    )

    def __init__(self, *args, columns, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", "-"), *columns.items()]
        for name, label in table.FIELDS.items():
            words = f"{label} ({languages.name(table.LANGUAGES[name])})" if name in table.LANGUAGES else label
            self.fields[name] = forms.ChoiceField(label=words, choices=choices, required=name in table.NEEDED)

    def clean(self):
        """Refuse one column for two fields, which is nearly always a slip."""
        named = [column for column in self.columns().values() if column]
        if len(named) != len(set(named)):
            raise forms.ValidationError(_("A column is named for two fields."), code="twice")
        return self.cleaned_data

    def columns(self):
        """Return the columns by field."""
        return {name: self.cleaned_data.get(name, "") for name in table.FIELDS}


def suggested(columns, before):
    """Return the columns as they were named for the last table of this source, or those called like our fields."""
    if before:
        return {name: column for name, column in before.items() if column in columns}
    return {name: name for name in table.FIELDS if name in columns}
