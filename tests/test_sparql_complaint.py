"""What is told of a query that cannot be read: the place, and the reason where it is known."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.sparql.complaint import complaint

CASES = [
    ("SELECT ?d WHERE { ?d ckg:code ?n }", "line 1, column 30", 'the prefix "ckg:" is not declared'),
    ("SELECT ?d\nWHER { ?d a ?n }", "line 2, column 6", 'cannot be read from "{" on'),
    ("SELECT ?d WHERE {\n ?d a }", "line 2, column 8", "incomplete, or misspelt somewhere before its end"),
    ("SELECT * { ?s ?p <http://a b> }", "line 1, column 30", "this is no valid IRI"),
    (
        "SELECT (COUNT(?x) AS ?n) ?y { ?x ?y ?z }",
        "line 1, column 41",
        "SELECT names a variable that is neither grouped nor bound",
    ),
    ("", "line 1, column 1", "incomplete, or misspelt somewhere before its end"),
    ("SELECT * { 'Tỉnh ủy' ?p ?o } LIMIT x", "line 1, column 36", 'cannot be read from "x" on'),
]


@pytest.mark.parametrize(("query", "place", "text"), CASES)
def test_complaint_has_place_and_reason(query: str, place: str, text: str) -> None:
    with pytest.raises(SyntaxError) as raised:
        ox.Store().query(query)
    told = complaint(raised.value, query)
    assert (told.place, told.text) == (place, text)
