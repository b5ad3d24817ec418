"""Stores elsewhere: any SPARQL 1.1 endpoint asked like the embedded store, filled from it, and probed.

`Endpoint` answers queries, `push` sends the graphs of a store, `fetch` brings them here, `probe` finds out
what a server does.
"""

from __future__ import annotations

from kg.remote.download import fetch
from kg.remote.endpoint import Endpoint
from kg.remote.profile import Finding, probe
from kg.remote.transfer import PushResult, push
from kg.remote.web import Login, Web

__all__ = ["Endpoint", "Finding", "Login", "PushResult", "Web", "fetch", "probe", "push"]
