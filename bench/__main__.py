"""Measure what docs/scaling.md promises, on this machine alone: `make bench`.

    SAMHSA=<the national directory, XLSX or CSV> make bench

Without SAMHSA the import and the search of the whole country are not measured. Web server, database and the program
that asks share this machine's cores. Ends with 1 when a figure misses its target.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from bench import load, site

SEARCHES = [
    "/en/find/?q=methadone+near+06112",
    "/es/buscar/?q=metadona+cerca+de+06112",
    "/en/find/?q=suboxone+hartford",
    "/en/find/?q=detox",
    "/es/buscar/?q=desintoxicaci%C3%B3n+90011",
    "/en/find/?q=buprenorphine+near+60629",
    "/en/find/?q=naloxone+near+77036",
    "/es/buscar/?q=ayuda+para+adolescentes+33012",
    "/en/find/?q=medicaid+methadone+10456",
    "/en/find/?q=methadone+near+00000",
    "/en/find/",
    "/es/buscar/?q=zzqx",
]


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    target: str
    measured: str
    is_met: bool


def main() -> int:
    """Print the table; return the exit code."""
    folder = site.choose_folder()
    figures: list[Figure] = []
    print(f"Asking with {load.WRK or 'threads of our own (wrk is not installed)'}.", flush=True)
    with site.prepared(folder):
        for measure in (articles, whole_country, newsletter):
            for figure in measure(folder):
                figures.append(figure)
                print(f"  {figure.what}: {figure.measured}", flush=True)
    print_table(figures)
    return 0 if all(figure.is_met for figure in figures) else 1


def articles(folder) -> Iterator[Figure]:
    """Read an article, in turn in each language, without any cache."""
    paths = article_paths()
    queries = max(map(count_queries, paths))
    yield Figure("article: database queries", "≤ 6", str(queries), queries <= 6)
    with site.served(folder) as port:
        result = load.measure(port, paths)
    is_met = result.per_second >= 300 and not result.refused
    yield Figure("article: requests a second", "≥ 300", f"{result.per_second:,.0f}{_refused(result)}", is_met)


def whole_country(folder) -> Iterator[Figure]:
    """Import the national directory, then search it."""
    file = os.environ.get("SAMHSA")
    if not file:
        print("Import and search of the whole country are left out: SAMHSA names no file.")
        return
    seconds, megabytes = site.run_measured(site.manage("import_samhsa", file))
    yield Figure("import: seconds", "≤ 75", f"{seconds:.1f}", seconds <= 75)
    yield Figure("import: most memory, MB", "≤ 250", f"{megabytes:.0f}", megabytes <= 250)
    where = f"search among {count_services():,} services"
    with site.served(folder) as port:
        result = load.measure(port, SEARCHES)
    is_met = result.per_second >= 60 and not result.refused
    yield Figure(f"{where}: requests a second", "≥ 60", f"{result.per_second:,.0f}{_refused(result)}", is_met)
    yield Figure(f"{where}: 99 of 100 within, ms", "≤ 400", f"{result.p99_ms:,.0f}", result.p99_ms <= 400)


def newsletter(folder) -> Iterator[Figure]:
    """Send a campaign to a mail server on this machine."""
    done = subprocess.run([sys.executable, "-m", "bench.newsletter"], capture_output=True, text=True, check=True)
    median = re.search(r"^median (\d+)", done.stdout, re.M)
    rate = int(median[1]) if median else 0
    yield Figure("newsletter: messages a second", "≥ 200", f"{rate:,}", rate >= 200)


def article_paths() -> list[str]:
    """Return the address of an article in each of its languages."""
    import django

    django.setup()
    from portal.articles.models import Article

    article = Article.objects.published().order_by("pk").first()
    return list(article.published_urls().values())


def count_queries(path: str) -> int:
    """Return how many statements one visit costs."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        response = Client(headers={"host": "localhost"}).get(path)
    assert response.status_code == 200, path
    return len(queries)


def count_services() -> int:
    """Return how many services the directory holds."""
    from django.db import connection

    from resources.models import Service

    try:
        return Service.objects.count()
    finally:
        connection.close()


def _refused(result: load.Result) -> str:
    return f", {result.refused:,} refused" if result.refused else ""


def print_table(figures: list[Figure]) -> None:
    """Print target and measurement side by side, as docs/scaling.md shows them."""
    rows = [(figure.what, figure.target, figure.measured, "yes" if figure.is_met else "NO") for figure in figures]
    print("\n| Figure | Target | Measured | Met |\n|---|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    sys.exit(main())
