"""Check what staff fill in about an article: its fields, the change of a public text, a move."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.editorial import approvals
from portal.lib import documents, languages
from portal.lib.archives import UnreadableFileError
from portal.reference.gates import read_lists

from . import gates
from .models import Article, Section, Topic, Video

GAPS = ("title", "slug", "summary")
_MOMENT: dict[str, Any] = {
    "widget": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    "required": False,
}


class ArticleForm(forms.ModelForm):
    """Check that what is published in a language stays whole there."""

    def clean(self):
        cleaned = super().clean()
        if self.data.get("unresolved"):  # set by admin/merging.py
            self.add_error(None, _("Nothing was saved: somebody else saved this article meanwhile. See above."))
        published = [code for code in languages.codes() if self._is_out(code)]
        for column in languages.columns(*GAPS):
            is_out = any(column == languages.column(name, code) for name in GAPS for code in published)
            if is_out and column in self.fields and not cleaned.get(column):
                self.add_error(column, _("It is published in this language. Do not leave this empty."))
        return cleaned

    def _is_out(self, language):
        return getattr(self.instance, languages.column("state", language)) == Article.State.PUBLISHED


class SectionFormSet(forms.BaseInlineFormSet):
    """Show the words that wait for approval, and hold a public text to the rules it was published by."""

    def get_queryset(self):
        if hasattr(self, "_queryset"):  # Django asks once a form
            return self._queryset
        rows = super().get_queryset()
        approvals.propose(list(rows))
        return rows

    def clean(self):
        super().clean()
        live = Article.objects.filter(pk=self.instance.pk).first()
        if live is None or any(self.errors) or gates.is_guarded(live):  # approval asks the rules for guarded pages
            return
        known = read_lists()
        out = [
            code
            for code in languages.codes()
            if getattr(live, languages.column("state", code)) == Article.State.PUBLISHED
        ]
        before = [gates.draft(live, list(live.sections.all()), code, known) for code in out]
        after = [gates.draft(self.instance, self._as_typed(), code, known) for code in out]
        self._refuse(gates.new_problems(before, after))

    def _as_typed(self):
        """Return the section of each form; one that is to be deleted, or was left empty, counts as hidden."""
        deleted = [*self.deleted_forms, *(form for form in self.extra_forms if not form.has_changed())]
        return [Section(is_hidden=True) if form in deleted else form.instance for form in self.forms]

    def _refuse(self, problems):
        general = []
        for problem in problems:
            form = None if problem.section is None else self.forms[problem.section]
            if form is not None and problem.column in form.fields:
                form.add_error(problem.column, problem.message)
            else:
                general.append(problem.message)
        if general:
            raise ValidationError(general)


class ReferenceFormSet(forms.BaseInlineFormSet):
    """Show the rows that wait for approval as they would be; offer all sources in new rows only.

    Hundreds of them in each row took half the time of the whole form.
    """

    def get_queryset(self):
        if hasattr(self, "_queryset"):  # Django asks once a form
            return self._queryset
        rows = super().get_queryset()
        approvals.propose(list(rows))
        return rows

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if form.instance.pk:
            form.fields["source"].choices = [(form.instance.source_id, str(form.instance.source))]


class MoveForm(forms.Form):
    """Say why a move is made, and for a publication when it begins and ends."""

    seen = forms.ChoiceField(choices=Article.State, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Note for the record"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000, required=False
    )
    publish_at = forms.DateTimeField(
        label=_("Publish at"), help_text=_("Empty: now. A moment to come publishes it then."), **_MOMENT
    )
    expires_at = forms.DateTimeField(
        label=_("Expires at"), help_text=_("Empty: it stays. From then on lists and search leave it out."), **_MOMENT
    )
    set_aside = forms.BooleanField(
        label=_("Publish in spite of what must be mended, for the reason in the note"), required=False
    )

    def __init__(self, *args, step, may_set_aside, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note"].required = step.needs_note
        if step.target != Article.State.PUBLISHED:
            del self.fields["publish_at"], self.fields["expires_at"]
        if not may_set_aside:
            del self.fields["set_aside"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("set_aside") and not cleaned.get("note"):
            self.add_error("note", _("Say why these rules may be set aside."))
        end = cleaned.get("expires_at")
        if end and end <= (cleaned.get("publish_at") or timezone.now()):
            self.add_error("expires_at", _("Choose an end that is later than the moment of publication."))
        return cleaned


class DocumentForm(forms.Form):
    """Take a document that becomes a draft; `cleaned_data["file"].document` is what it says."""

    file = forms.FileField(
        label=_("Document"),
        help_text=_("Word (.docx) or Markdown (.md, .txt), at most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.md,.markdown,.txt"}),
    )
    language = forms.ChoiceField(label=_("Its language"), choices=settings.LANGUAGES)
    topic = forms.ModelChoiceField(label=_("Topic"), queryset=Topic.objects.in_order())

    def clean_file(self):
        file = self.cleaned_data["file"]
        try:
            file.document = documents.read(file)
        except UnreadableFileError as error:
            raise ValidationError(str(error)) from error
        if not file.document.parts:
            raise ValidationError(_("There is no text in this document."))
        return file


class VideoForm(forms.ModelForm):
    """Hold a video to the rules while visitors see it, unless a publisher says why not."""

    reason = forms.CharField(
        label=_("Publish in spite of what must be mended, for this reason"),
        help_text=_("It is kept with your name."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
    )
    broken: tuple[gates.Problem, ...] = ()  # what was found, set aside or not

    def _post_clean(self):
        """Look at the video once the form has filled it in, as Django's own form of a new user does."""
        super()._post_clean()
        if self.errors or not self.instance.is_public:
            return
        known = read_lists()
        before = Video.objects.public().filter(pk=self.instance.pk).first()
        kept = {problem.rule for problem in gates.video_problems(before, known)} if before else set()
        self.broken = tuple(one for one in gates.video_problems(self.instance, known) if one.rule not in kept)
        self._refuse([one for one in self.broken if not one.is_warning], self.cleaned_data.get("reason"))

    def _refuse(self, problems, reason):
        may_set_aside = reason and not any(problem.rule in gates.NEVER_SET_ASIDE for problem in problems)
        for problem in problems if not may_set_aside else ():
            self.add_error(problem.column if problem.column in self.fields else None, problem.message)


class WrittenVideoForm(VideoForm):
    """The same for those who may not publish: they set no rule aside."""

    reason = None  # type: ignore[assignment]  # so Django takes a field away
