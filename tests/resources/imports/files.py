"""Write small files in the forms in which SAMHSA's directory is handed over."""

import csv

import openpyxl

HEADER = [
    *("name1", "name2", "street1", "street2", "city", "state", "zip", "phone"),
    *("intake1", "intake2", "intake1a", "intake2a", "service_code_info"),
]
POINT = ["latitude", "longitude", "geo_source"]

NORTH = [
    "Root North",
    "Main Clinic",
    "1 Main Street",
    "",
    "Hartford",
    "CT",
    "06112",
    "860-555-0100",
    "860-555-0100 x12",
]
NORTH += ["", "", "", "SA * OP ORT * MU * OTP MM * MD * SP"]
SOUTH = [
    "Root South",
    "",
    "2 South Road",
    "Suite 3",
    "New London",
    "CT",
    "06320",
    "860-555-0102 x7",
    "",
    "",
    "",
    "",
    "SA * RL",
]
WEST = ["WEST MEADOW CENTER", "", "3 West Road", "", "Albany", "NY", "12203", "", "", "", "", "", "SA DT * RD"]


def write_xlsx(path, rows, header=HEADER, sheet="Facilities List"):
    """Write the rows as the published workbook has them."""
    workbook = openpyxl.Workbook()
    workbook.active.title = sheet
    for row in [header, *rows]:
        workbook.active.append(row)
    workbook.create_sheet("Service Code Reference")
    workbook.save(path)
    return path


def write_csv(path, rows, header=HEADER, encoding="utf-8"):
    """Write the rows as a CSV file."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def with_cell(row, column, value):
    """Return the row with one cell changed."""
    changed = list(row)
    changed[HEADER.index(column)] = value
    return changed
