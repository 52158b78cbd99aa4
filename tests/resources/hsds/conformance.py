"""Hold every answer and every export against the specification's own schemas, which are not part of this repository."""

import csv
import io
import json
import tempfile
import zipfile
from pathlib import Path

from django.core.management import call_command
from jsonschema_rs import Draft202012Validator

from portal.lib import jsonstream

PER_PAGE = 100
LISTS = ("services", "organizations", "service_at_locations")
TERMS = ("taxonomies", "taxonomy_terms")
FILES = {  # which of the specification's files describes a row: in short, and whole
    "services": ("compiled/service_list.json", "compiled/service.json"),
    "organizations": ("compiled/organization_list.json", "compiled/organization.json"),
    "service_at_locations": ("compiled/service_at_location_list.json", "compiled/service_at_location.json"),
    "taxonomies": ("taxonomy.json", "taxonomy.json"),
    "taxonomy_terms": ("taxonomy_term.json", "taxonomy_term.json"),
}
MOST_FAULTS = 20  # told; one mistake repeats in every row


class Schemas:
    """The specification's schemas in a folder, each read once."""

    def __init__(self, folder: Path):
        self.folder, self.read = folder, {}

    def load(self, name):
        """Return what a file of the specification says, without the files it names: the compiled ones name none."""
        return json.loads((self.folder / name).read_text(encoding="utf-8"), object_hook=_without_other_files)

    def faults(self, name, rows):
        """Name each fault of these rows against a file of the specification."""
        if name not in self.read:
            self.read[name] = Draft202012Validator(self.load(name), validate_formats=True)
        return [
            f"{name}: {list(error.instance_path)}: {error.message}"
            for row in rows
            for error in self.read[name].iter_errors(row)
        ]


def _without_other_files(part):
    return {key: value for key, value in part.items() if key != "$ref" or "components" in value}


def faults(client, folder):
    """Return what is wrong with answers and exports, at most `MOST_FAULTS`, and how many rows were seen."""
    schemas, found, seen = Schemas(folder), _faults_of_addresses(client, Schemas(folder)), 0
    for kind in (*LISTS, *TERMS):
        short, whole = FILES[kind]
        ids = []
        for page in pages(client, kind, ""):
            found += schemas.faults(short, page["contents"])
            ids += [row["id"] for row in page["contents"]]
        found += _faults_of_one(client, schemas, kind, whole, ids)
        if kind in LISTS:
            for page in pages(client, kind, "&full=true"):
                found += schemas.faults(whole, page["contents"])
        seen += len(ids)
    return (found + _faults_of_files(schemas))[:MOST_FAULTS], seen


def pages(client, kind, query):
    """Yield every page of a list, each held against the specification's envelope."""
    number, last = 0, False
    while not last:
        number += 1
        page = client.get(f"/api/hsds/{kind}?per_page={PER_PAGE}&page={number}{query}").json()
        last = page["last_page"]
        yield page


def _faults_of_addresses(client, schemas):
    """Name what the specification's OpenAPI document has and ours lacks, and pages that are not as it says."""
    theirs, ours = schemas.load("openapi.json"), client.get("/api/hsds/openapi.json").json()["paths"]
    paths = {path.removeprefix("/api/hsds") or "/": operation["get"] for path, operation in ours.items()}
    found = [f"no {path}" for path in theirs["paths"] if path not in paths]
    for path, operation in theirs["paths"].items():
        wanted = {row["$ref"].rsplit("/", 1)[1] if "$ref" in row else row["name"] for row in _parameters(operation)}
        found += [
            f"{path}: no {name}" for name in wanted - {row["name"] for row in paths.get(path, {}).get("parameters", [])}
        ]
    envelope = Draft202012Validator(theirs["components"]["schemas"]["Page"])
    for kind in (*LISTS, *TERMS):
        page = client.get(f"/api/hsds/{kind}").json()
        found += [f"{kind}: {error.message}" for error in envelope.iter_errors(page)]
        found += [
            f"{kind}: no {name}" for name in theirs["components"]["schemas"]["Page"]["properties"] if name not in page
        ]
    return found


def _parameters(operation):
    return operation["get"].get("parameters", [])


def _faults_of_one(client, schemas, kind, whole, ids):
    """Ask for some rows by their ids, from all over the list: each is what the list in full gives of it."""
    some = ids[:: max(1, len(ids) // 50)]
    return schemas.faults(whole, [client.get(f"/api/hsds/{kind}/{one}").json() for one in some])


def _faults_of_files(schemas):
    """Name the faults of both exports: each service of the JSON, and each row of each table."""
    with tempfile.TemporaryDirectory() as folder:
        everything, tables = Path(folder) / "hsds.json", Path(folder) / "hsds.zip"
        call_command("export_hsds", everything, verbosity=0, stdout=io.StringIO())
        call_command("export_hsds", tables, format="zip", stdout=io.StringIO())
        services = (entry.value for entry in jsonstream.entries(everything, lists={"contents"}))
        return schemas.faults("compiled/service.json", services) + _faults_of_tables(schemas, tables)


def _faults_of_tables(schemas, file):
    tables = schemas.load("compiled/tabular.json")["properties"]
    known, found = {table["items"]["path"]: table["items"] for table in tables.values()}, []
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if name.endswith(".csv"):
                with io.TextIOWrapper(archive.open(name), encoding="utf-8", newline="") as text:
                    found += _faults_of_table(known.get(name), name, text)
    return found


def _faults_of_table(schema, name, text):
    if schema is None:
        return [f"{name}: no such table"]
    validator = Draft202012Validator(schema, validate_formats=True)
    reader = csv.DictReader(text)
    found = [f"{name}: no column {column}" for column in sorted(set(reader.fieldnames) - schema["properties"].keys())]
    for row in reader:
        cells = {key: _typed(schema, key, cell) for key, cell in row.items() if cell or key in schema["required"]}
        found += [f"{name}: {error.message}" for error in validator.iter_errors(cells)]
        found += [f"{name}: {key} is missing" for key in schema.get("tabular_required", []) if not row.get(key)]
    return found


def _typed(schema, column, cell):
    return float(cell) if schema["properties"].get(column, {}).get("type") == "number" else cell
