"""Stop the start with a sentence that says what to set when a setting cannot work."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from portal.lib import mail

SHORTEST_KEY = 32


@register
def settings_of_the_environment(app_configs, **kwargs):
    """Report each environment variable whose value cannot work."""
    return [Error(sentence, id=f"portal.{number}") for number, wrong, sentence in _rules() if wrong]


@register(Tags.security, deploy=True)
def events_of_the_mail_service(app_configs, **kwargs):
    """Warn where a mail service is set and could not prove that a bounce or complaint is its own word."""
    try:
        service = mail.service_name()
    except ImproperlyConfigured:
        return []  # said by E007
    name = mail.event_key(service)
    given = settings.ANYMAIL.get(name, "")
    if not service or (given and (name != "WEBHOOK_SECRET" or ":" in given)):
        return []
    what = "a name and a password divided by a colon" if name == "WEBHOOK_SECRET" else "the key it signs events with"
    return [
        Warning(
            f"{service} cannot tell of bounces and complaints: every event is refused. Set ANYMAIL_{name} to {what}.",
            hint="docs/operations.md says what to enter at the service.",
            id="portal.W001",
        )
    ]


def _rules():
    """Yield (id, whether it is broken, what to do) for each rule."""
    yield from _addresses()
    yield from _secrets()
    yield from _numbers()
    yield "E007", bool(_mail_problem()), _mail_problem()


def _addresses():
    """Yield the rules of where the site is, and of where its database is."""
    site = urlsplit(settings.SITE_URL)
    is_whole = site.scheme in {"http", "https"} and site.hostname and site.path in {"", "/"}
    yield (
        "E001",
        settings.SITE_URL and not is_whole,
        'Set SITE_URL to the address of the site without a path, like "https://faro.example.org".',
    )
    yield (
        "E002",
        settings.DATABASE_URL and not settings.DATABASE_URL.startswith(("postgres://", "postgresql://")),
        'Set DATABASE_URL to a PostgreSQL address, like "postgresql://user:password@host:5432/faro", or leave it out.',
    )
    hosts = settings.ALLOWED_HOSTS
    yield (
        "E006",
        any("/" in host or host == "*" for host in hosts) or not hosts,
        'Set ALLOWED_HOSTS to the names of the site divided by commas, like "faro.example.org,www.faro.example.org".',
    )
    yield (
        "E008",
        is_whole and not validate_host(site.hostname, hosts),
        f"Set ALLOWED_HOSTS to names that include the host of SITE_URL, {site.hostname}.",
    )


def _secrets():
    for number, name in (("E004", "SECRET_KEY"), ("E005", "HASH_KEY")):
        yield (
            number,
            len(getattr(settings, name)) < SHORTEST_KEY,
            f"Set {name} to at least {SHORTEST_KEY} random characters, or make VAR_DIR a folder that may be written.",
        )


def _numbers():
    """Yield the rules of days, miles and mails, and of the zone that days are counted in."""
    s = settings
    yield (
        "E003",
        s.WANTED_TIME_ZONE != s.TIME_ZONE,
        'Set TIME_ZONE to a name that this machine knows, like "America/New_York".',
    )
    limits = [s.FRESH_DAYS, s.AGEING_DAYS, s.DUE_DAYS, s.STALE_DAYS]
    yield (
        "E009",
        limits[0] < 0 or limits != sorted(set(limits)),
        "Set FRESH_DAYS, AGEING_DAYS, DUE_DAYS and STALE_DAYS to whole numbers of days, each more than the one before.",
    )
    yield "E010", s.AREA_MILES < 0, "Set AREA_MILES to a whole number of miles, or leave it out."
    yield (
        "E011",
        min(s.SEND_PER_SECOND, s.SEND_PER_DOMAIN_PER_MINUTE) < 0,
        "Set SEND_PER_SECOND and SEND_PER_DOMAIN_PER_MINUTE to whole numbers, 0 for no limit.",
    )
    yield "E013", s.MOST_PAGE_ALERTS < 0, "Set MOST_PAGE_ALERTS to a whole number of pages, or leave it out."


def _mail_problem() -> str:
    """Return what is wrong with EMAIL_SERVICE or EMAIL_URL, or ""."""
    try:
        if settings.EMAIL_SERVICE:
            return mail.service_problem(settings.EMAIL_SERVICE)
        if settings.EMAIL_URL:
            mail.parse_url(settings.EMAIL_URL)
    except ImproperlyConfigured as error:
        return str(error)
    return ""
