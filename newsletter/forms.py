"""Check what a person writes into the sign-up and preference forms."""

import unicodedata
from ipaddress import ip_address
from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.lib import languages, mail
from portal.lib.publicform import FormTokenField

from .bounces import verp
from .models import ConsentText, Frequency, Topic

PURPOSE = "newsletter.address"
FASTEST_PERSON = 2  # seconds between the page and the answer
# Names that lead nowhere on the public network (RFC 2606, 6761, 6762, 7686).
PRIVATE_NAMES = {"localhost", "local", "localdomain", "invalid", "onion", "internal", "lan"}
MAX_LOCAL = 64  # RFC 5321, 4.5.3.1.1
MAX_ADDRESS = 254

ADVICE = _("Enter an e-mail address like name@example.org.")
UNSUPPORTED = _("We cannot write to an address with letters like these before the @. Enter another address.")

TOO_FAST = _("You sent this very fast, so we did not take it. Send it once more.")
CHANGED = _("The text beside the box has changed. Read it again, then send.")


class AddressField(forms.CharField):
    """An e-mail address that mail can reach, its domain in the form that mail servers use."""

    def __init__(self):
        attributes = {"autocomplete": "email", "inputmode": "email", "spellcheck": "false", "autocapitalize": "none"}
        super().__init__(
            label=_("E-mail address"),
            max_length=320,
            widget=forms.EmailInput(attrs=attributes),
            error_messages={"required": ADVICE, "max_length": ADVICE},
        )

    def clean(self, value):
        typed = super().clean(value)
        local, at, domain = typed.rpartition("@")
        if not at or '"' in local or any(unicodedata.category(character)[0] in "CZ" for character in typed):
            raise ValidationError(ADVICE, code="invalid")
        if not local.isascii():
            raise ValidationError(UNSUPPORTED, code="unsupported")
        address = f"{local}@{_ascii_domain(domain)}"
        try:
            validate_email(address)
        except ValidationError as error:
            raise ValidationError(ADVICE, code="invalid") from error
        is_a_loop = address.lower() == mail.sender().lower() or verp.is_return_path(address)
        if len(local) > MAX_LOCAL or len(address) > MAX_ADDRESS or is_a_loop:
            raise ValidationError(ADVICE, code="invalid")
        return address


def limit_key(email: str) -> str:
    """Return the mailbox as most providers see it, dots and +words left out: for counting, never for writing to."""
    local, _at, domain = email.lower().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def _ascii_domain(domain: str) -> str:
    """Return the A-label form of a public domain; raises `ValidationError` for any other."""
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValidationError(ADVICE, code="invalid") from error
    last = ascii_domain.rpartition(".")[2].lower()
    if "." not in ascii_domain or last in PRIVATE_NAMES or _is_number(ascii_domain.strip("[]")):
        raise ValidationError(ADVICE, code="invalid")
    return ascii_domain


def _is_number(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


class LanguageField(forms.ChoiceField):
    """One of the site's languages."""

    def __init__(self):
        super().__init__(
            label=_("Language of the newsletter"),
            choices=[(code, languages.name(code)) for code in languages.codes()],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose a language."), "invalid_choice": _("Choose a language.")},
        )


class FrequencyField(forms.ChoiceField):
    """How often a reader wants mail."""

    def __init__(self):
        super().__init__(
            label=_("How often"),
            choices=Frequency.choices,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose how often."), "invalid_choice": _("Choose how often.")},
        )


class TopicsField(forms.ModelMultipleChoiceField):
    """The topics a reader wants, by their keys."""

    def __init__(self):
        pick = _("Choose at least one topic.")
        super().__init__(
            label=_("What you want to hear about"),
            queryset=Topic.objects.none(),
            to_field_name="key",
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": pick, "invalid_choice": pick, "list": pick, "invalid_pk_value": pick},
        )

    def label_from_instance(self, obj):
        """Say what comes of a topic beside its name."""
        return f"{obj.name}: {obj.description}" if obj.description else obj.name


def _offer(form) -> None:
    """Offer the topics of now, read once; without any the question is not asked."""
    offered = Topic.objects.on_offer()
    if offered:
        form.fields["topics"].queryset = offered
    else:
        del form.fields["topics"]


class AddressForm(forms.Form):
    """What asks for an address and sets off a mail to it: sent by a person, from our own page."""

    email = AddressField()
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}))
    token = FormTokenField(purpose=PURPOSE)

    def clean(self):
        """Refuse, aloud, a form sent faster than a person types: one that comes back corrected may be a person's."""
        if not self.errors and not self.looks_automatic:
            seconds = timezone.now().timestamp() - self.cleaned_data["token"]
            if seconds < FASTEST_PERSON:
                raise ValidationError(TOO_FAST, code="too fast")
        return self.cleaned_data

    @property
    def looks_automatic(self) -> bool:
        """Whether a program filled it in: the field that people do not see holds something."""
        return bool(self.cleaned_data["website"])

    @property
    def domain(self) -> str:
        """The part after the @, by which mails that strangers set off are counted."""
        return self.cleaned_data["email"].lower().rpartition("@")[2]

    @property
    def limit_key(self) -> str:
        """The mailbox by which mails to it are counted."""
        return limit_key(self.cleaned_data["email"])


class SignUpForm(AddressForm):
    """The wish to get the newsletter."""

    topics = TopicsField()
    frequency = FrequencyField()
    language = LanguageField()
    consent = forms.BooleanField(error_messages={"required": _("Tick the box if you want the newsletter.")})
    version = forms.CharField(max_length=20, widget=forms.HiddenInput, error_messages={"required": CHANGED})

    def __init__(self, *args, consent_text: ConsentText, **kwargs):
        super().__init__(*args, **kwargs)
        self.consent_text = consent_text
        _offer(self)
        self.fields["consent"].label = consent_text.text

    def clean_version(self):
        """Refuse agreement to other words than those beside the box now."""
        if self.cleaned_data["version"] != self.consent_text.version:
            raise ValidationError(CHANGED, code="changed")
        return self.cleaned_data["version"]


class WatchForm(AddressForm):
    """The wish to hear of one page."""

    frequency = FrequencyField()
    language = LanguageField()
    consent = forms.BooleanField(
        label=_("Yes, tell me by e-mail when this page changes. I can stop at any time with the link in each e-mail."),
        error_messages={"required": _("Tick the box if you want the e-mails.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].label = _("Language of the e-mails")


class PreferencesForm(forms.Form):
    """What a reader may choose; the newsletter itself is asked about where there are single pages beside it."""

    ended = forms.MultipleChoiceField(
        label=_("Pages you hear of: tick what you want to stop"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Tick only pages of this list.")},
    )
    news = forms.BooleanField(label=_("Send me the newsletter, too"), required=False)
    topics = TopicsField()
    frequency = FrequencyField()
    language = LanguageField()

    def __init__(self, *args, pages: list[tuple[str, str]], wants_news: bool, **kwargs):
        super().__init__(*args, **kwargs)
        _offer(self)
        ended = cast("forms.MultipleChoiceField", self.fields["ended"])
        ended.choices = pages
        if not pages:
            del self.fields["ended"]
        if not pages and wants_news:
            del self.fields["news"]
        elif "topics" in self.fields:
            self.fields["topics"].required = False

    def clean(self):
        """Ask for a topic where the newsletter is wanted."""
        if "topics" in self.fields and self.cleaned_data.get("news") and not self.cleaned_data.get("topics", True):
            self.add_error("topics", self.fields["topics"].error_messages["required"])
        return self.cleaned_data
