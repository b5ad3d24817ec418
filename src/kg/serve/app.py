"""The application: which modules answer, and what lies around all of them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from kg.errors import KgError
from kg.serve import problem
from kg.serve.dataset import Dataset
from kg.serve.settings import Settings

#: Modules with a function ``routes(service) -> list[BaseRoute]``, in the order in which they are asked.
MODULES = ("kg.serve.operate",)


@dataclass(slots=True)
class Service:
    """What every module finds: the graph and the settings."""

    dataset: Dataset
    settings: Settings


def application(dataset: Dataset, settings: Settings | None = None) -> Starlette:
    """Return the ASGI application that serves `dataset`."""
    service = Service(dataset, settings or Settings())
    routes = [route for name in MODULES for route in import_module(name).routes(service)]
    app = Starlette(
        routes=routes,
        exception_handlers={
            HTTPException: problem.handler,
            problem.Problem: problem.handler,
            KgError: problem.handler,
            Exception: problem.handler,
        },
    )
    app.state.service = service
    return app
