"""Serving: the graph over HTTP, read-only, for people, programs and strangers.

    application(Dataset.of_store(path), Settings())   # an ASGI application (Starlette)

How a module adds addresses: it defines ``routes(service: Service) -> list[BaseRoute]`` (Starlette's) and is
named in `kg.serve.app.MODULES`; the first match wins. What it finds there:

- ``service.dataset``: the graph. ``snapshot = service.dataset.current`` is a `kg.store.Queryable` that does
  not change while a request holds it: ``.version``, ``.base``, ``.query(sparql)``, ``.labels(iris, lang)``.
  These calls block: our own fixed, bounded queries go through ``await run_in_threadpool(…)``, never straight
  into the event loop. What a stranger wrote never goes there, but to ``await service.answer(Question(text),
  request)``: a worker process with deadline, memory and row limits (`kg.pool.answer`), or `kg.pool.lookup` if
  it is one pattern of a given subject; it needs the running application, in tests ``with TestClient(app, base_url="http://localhost")``.
- ``service.settings``: limits and names, see `Settings`.
- `kg.serve.negotiate`: ``language(request)``, ``choose(accept, offers)``; `Problem` is raised for every error
  and becomes a problem document (RFC 9457) in the reader's language.
- ``etag(*parts)``, ``not_modified(request, tag)``, ``revalidated(tag)`` in `kg.serve.negotiate`: for answers
  that only change with the dataset: ``snapshot.version`` is one of the parts; "" means that nobody knows it.

Security headers, Host check, limits of bodies and CORS lie around the whole application: no module sets them.
"""

from __future__ import annotations

from kg.serve.app import Service, application
from kg.serve.dataset import Dataset, Snapshot
from kg.serve.problem import Problem
from kg.serve.settings import Settings

__all__ = ["Dataset", "Problem", "Service", "Settings", "Snapshot", "application"]
