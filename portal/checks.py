"""Stop the start with a sentence that says what to set when a setting cannot work."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, register
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from portal.lib import mail

SHORTEST_KEY = 32


@register
def settings_of_the_environment(app_configs, **kwargs):
    """Report each environment variable whose value cannot work."""
    return [Error(sentence, id=f"portal.{number}") for number, wrong, sentence in _rules() if wrong]


def _rules():
    """Yield (id, whether it is broken, what to do) for each rule."""
    s = settings
    site = urlsplit(s.SITE_URL)
    is_broken = s.SITE_URL and (site.scheme not in {"http", "https"} or not site.hostname or site.path not in {"", "/"})
    yield (
        "E001",
        is_broken,
        'Set SITE_URL to the address of the site without a path, like "https://faro.example.org".',
    )
    yield (
        "E002",
        s.DATABASE_URL and not s.DATABASE_URL.startswith(("postgres://", "postgresql://")),
        'Set DATABASE_URL to a PostgreSQL address, like "postgresql://user:password@host:5432/faro", or leave it out.',
    )
    yield (
        "E003",
        s.WANTED_TIME_ZONE != s.TIME_ZONE,
        'Set TIME_ZONE to a name that this machine knows, like "America/New_York".',
    )
    for number, name in (("E004", "SECRET_KEY"), ("E005", "HASH_KEY")):
        yield (
            number,
            len(getattr(s, name)) < SHORTEST_KEY,
            f"Set {name} to at least {SHORTEST_KEY} random characters, or make VAR_DIR a folder that may be written.",
        )
    yield (
        "E006",
        any("/" in host or host == "*" for host in s.ALLOWED_HOSTS) or not s.ALLOWED_HOSTS,
        'Set ALLOWED_HOSTS to the names of the site divided by commas, like "faro.example.org,www.faro.example.org".',
    )
    yield (
        "E008",
        site.hostname and not is_broken and not validate_host(site.hostname, s.ALLOWED_HOSTS),
        f"Set ALLOWED_HOSTS to names that include the host of SITE_URL, {site.hostname}.",
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
    yield "E007", bool(_mail_problem()), _mail_problem()


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
