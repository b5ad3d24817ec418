"""SPARQLWrapper's requests, sent by our own `Web`.

SPARQLWrapper knows the SPARQL Protocol. Its sending is replaced: it would install its digest login for the
whole process, follow redirects with the password, and drop the server's headers of an error.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Iterable

from SPARQLWrapper import POST, URLENCODED, SPARQLWrapper

AGENT = "cascade-kg (SPARQLWrapper)"


def request(
    url: str, text: str, accept: str, *, update: bool = False, parameters: Iterable[tuple[str, str]] = ()
) -> urllib.request.Request:
    """Return the form-encoded POST that asks `text`, a query, or an update with `update`."""
    wrapper = SPARQLWrapper(url, url, agent=AGENT)
    wrapper.setMethod(POST)
    wrapper.setRequestMethod(URLENCODED)  # Virtuoso hangs on a query that is posted as such
    wrapper.setOnlyConneg(True)  # no format=, output= and results= beside the Accept header
    for name, value in parameters:
        wrapper.addParameter(name, value)
    wrapper.addCustomHttpHeader("Accept", accept)
    # Not setQuery: it guesses the form by a pattern that comments mislead, and warns where it fails.
    wrapper.queryString, wrapper.queryType = text, "INSERT" if update else "SELECT"
    made = wrapper._createRequest()
    assert isinstance(made, urllib.request.Request)
    return made
