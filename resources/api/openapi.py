"""Describe the answers for the OpenAPI document, from the same map that makes them."""

from typing import Any

from ..hsds.fields import STATUSES, TABLES

KINDS: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "status": {"type": "string", "enum": list(STATUSES)},
    "location type": {"type": "string", "enum": ["physical", "virtual"]},
    "freq": {"type": "string", "enum": ["WEEKLY", "MONTHLY"]},
    **{kind: {"type": "string", "format": kind} for kind in ("uuid", "date", "date-time", "uri", "email")},
}

ENVELOPE = {
    "total_items": "integer",
    "total_pages": "integer",
    "page_number": "integer",
    "size": "integer",
    "first_page": "boolean",
    "last_page": "boolean",
    "empty": "boolean",
}
PAGED = ("service", "organization", "service_at_location", "taxonomy", "taxonomy_term")
PROBLEMS = {404: "Nothing has this id.", 422: "A parameter is not as described.", 429: "Too many questions."}


def schemas() -> dict[str, Any]:
    """Return the schema of every table, of a page of each list, and of a problem."""
    problem = _object({"type": "string", "title": "string", "status": "integer", "detail": "string"})
    problem["properties"]["errors"] = {"type": "array", "items": _object({"name": "string", "reason": "string"})}
    version = _object({"version": "string", "profile": "string", "openapi_url": "string"})
    minimal = _object({"id": "string", "modified_date": "string"})
    return {
        **{name: _table(name) for name in TABLES},
        **{f"{name}_page": _page(_ref(name)) for name in PAGED},
        "service_page": _page({"anyOf": [_ref("service"), minimal]}),
        "version": version,
        "problem": problem,
    }


def responses(schema: str, *problems: int) -> dict[str, Any]:
    """Return the responses of an operation that gives this schema, or one of these problems."""
    told = {
        status: {"description": PROBLEMS[status], "content": {"application/problem+json": {"schema": _ref("problem")}}}
        for status in (*problems, 422, 429)
    }
    given = {"description": "What was asked for.", "content": {"application/json": {"schema": _ref(schema)}}}
    return {"responses": {200: given, 304: {"description": "As it was."}, **told}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _table(name: str) -> dict[str, Any]:
    table = TABLES[name]
    properties: dict[str, Any] = {column.name: KINDS[column.kind] for column in table.columns}
    for nested, (other, is_list) in table.nested.items():
        properties[nested] = {"type": "array", "items": _ref(other)} if is_list else _ref(other)
    required = [column.name for column in table.columns if column.is_required]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _page(contents: dict[str, Any]) -> dict[str, Any]:
    envelope = _object(ENVELOPE)
    envelope["properties"]["contents"] = {"type": "array", "items": contents}
    envelope["required"].append("contents")
    return envelope


def _object(kinds: dict[str, str]) -> dict[str, Any]:
    properties = {name: {"type": kind} for name, kind in kinds.items()}
    return {"type": "object", "properties": properties, "required": list(kinds), "additionalProperties": False}
