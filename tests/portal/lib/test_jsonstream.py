"""Test that JSON is read an entry at a time, from whatever holds the list."""

import json
import tracemalloc

import pytest

from portal.lib.jsonstream import Entry, UnreadableFileError, entries


def read(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "file"
    path.write_bytes(text.encode(encoding))
    return list(entries(path, lists={"rows"}))


@pytest.mark.parametrize(
    "text", ['[{"a": 1}, {"a": [2.5]}]', '{"total": 2, "rows": [{"a": 1}, {"a": [2.5]}], "more": {}}']
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_list_is_read_from_the_top_or_from_its_key(tmp_path, text, encoding):
    assert read(tmp_path, text, encoding) == [Entry(1, {"a": 1}), Entry(2, {"a": [2.5]})]


def test_an_object_without_a_list_is_one_entry(tmp_path):
    assert read(tmp_path, '{"a": {"b": null}, "c": [true]}') == [Entry(1, {"a": {"b": None}, "c": [True]})]


def test_keys_that_stand_twice_and_numbers_without_end_are_named(tmp_path):
    assert read(tmp_path, '[{"a": 1, "a": 2, "b": 1e400, "c": 99999999999999999999}]') == [
        Entry(1, {"a": 2, "b": None, "c": None}, ("a", "b", "c"))
    ]


@pytest.mark.parametrize("text", ["", "[1", "[] x", "nonsense", "[NaN]", '[{"a"}]', "[" * 100, "[" + "1" * 5000 + "]"])
def test_what_is_no_json_is_refused(tmp_path, text):
    with pytest.raises(UnreadableFileError):
        read(tmp_path, text)


def test_text_in_another_encoding_is_refused(tmp_path):
    with pytest.raises(UnreadableFileError):
        read(tmp_path, '[{"a": "Peña"}]', "windows-1252")


def test_a_list_on_one_line_is_never_held_whole(tmp_path):
    path = tmp_path / "file"
    path.write_text(json.dumps([{"text": "x" * 1000}] * 5000), encoding="utf-8")

    tracemalloc.start()
    count = sum(1 for _entry in entries(path, lists=()))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 5000
    assert peak < 2_000_000 < path.stat().st_size
