"""Say how often the judged searches find what they should: success@3 of tests/data/judged, each file apart.

    python -m bench.judged [--failing]

`--failing` also lists the searches of tuning.csv that fail; those of held.csv are only counted. Everything happens in
a database of its own, which is removed again.
"""

import argparse
import datetime
import os

import django

NOW = datetime.datetime(2026, 12, 1, 15, 0, tzinfo=datetime.UTC)  # the moment that the judgements assume
LEAST = 0.95


def main() -> int:
    """Print both figures; return 1 when one is too low."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failing", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from django.test.utils import (  # noqa: PLC0415 (needs setup)
        setup_databases,
        setup_test_environment,
        teardown_databases,
    )

    setup_test_environment()
    before = setup_databases(verbosity=0, interactive=False)
    try:
        figures = _figures(options.failing)
    finally:
        teardown_databases(before, verbosity=0)
    return 0 if min(figures) >= LEAST else 1


def _figures(is_listing: bool) -> list[float]:
    import time_machine  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415
    from django.test import override_settings  # noqa: PLC0415

    from tests.resources import judged  # noqa: PLC0415

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    figures = []
    unbuilt = override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}, WHITENOISE_AUTOREFRESH=True)
    with unbuilt, time_machine.travel(NOW, tick=False):
        judged.load()
        for name in ("tuning", "held"):
            failed, count = judged.failing(name), len(judged.searches(name))
            figures.append(judged.success(name, failed))
            print(f"{name}: success@3 {figures[-1]:.3f} ({count - len(failed)} of {count})")
            if is_listing and name == "tuning":
                print(*failed, sep="\n")
    return figures


if __name__ == "__main__":
    raise SystemExit(main())
