"""Speaking the Model Context Protocol through the official SDK: on standard streams, or over HTTP."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import anyio
from starlette.applications import Starlette

from kg import __version__
from kg.errors import KgError
from kg.mcp.calls import Toolbox, ToolError
from kg.serve.app import Service
from kg.serve.dataset import Dataset
from kg.serve.settings import Settings

try:
    from mcp import types
    from mcp.server import Server, ServerRequestContext
    from mcp.server.stdio import stdio_server
    from mcp.server.transport_security import TransportSecuritySettings
except ImportError:
    raise KgError("the MCP SDK is not installed", hint="pip install 'cascade-kg[mcp]'") from None

_ABOUT = {
    "vi": "Đồ thị tri thức về việc triển khai chỉ thị, nghị quyết, kế hoạch của Đảng, đọc từ báo chí. Câu "
    "trả lời kèm câu văn làm chứng: hãy dẫn chúng. «Chưa thấy» không có nghĩa là chưa có. Bắt đầu bằng "
    "search.",
    "en": "A knowledge graph of how Vietnamese Party directives are carried out, read from news. Answers "
    "come with the sentences that say so: quote them. Not seen does not mean there is none. Begin with "
    "search.",
}
_LOOPBACK = ("127.0.0.1:*", "localhost:*", "[::1]:*")


def protocol(service: Service, lang: str = "vi") -> Server[dict[str, Any]]:
    """Return the SDK's server over a graph."""
    box = Toolbox(service, lang)

    async def listed(
        _: ServerRequestContext[dict[str, Any]], __: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        hints = types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
        return types.ListToolsResult(
            tools=[
                types.Tool(
                    name=tool.name,
                    title=tool.title,
                    description=tool.description,
                    input_schema=tool.schema,
                    annotations=hints,
                )
                for tool in box.tools().values()
            ]
        )

    async def called(
        _: ServerRequestContext[dict[str, Any]], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        try:
            found = await box.call(params.name, params.arguments or {})
        except ToolError as error:
            return types.CallToolResult(content=[types.TextContent(text=str(error))], is_error=True)
        text = json.dumps(found, ensure_ascii=False)
        return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=found)

    return Server(
        "cascade-kg",
        version=__version__,
        instructions=_ABOUT[lang],
        on_list_tools=listed,
        on_call_tool=called,
    )


def on_streams(dataset: Dataset, settings: Settings) -> None:
    """Speak on standard input and output until the input ends."""

    async def speak() -> None:
        service = Service(dataset, settings)
        server = protocol(service, settings.lang)
        async with running(service), stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    anyio.run(speak)


def on_http(dataset: Dataset, settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Speak over streamable HTTP at /mcp until SIGINT or SIGTERM; `ready` is called when it answers."""
    import uvicorn

    from kg.serve.connections import protocol as connections

    config = uvicorn.Config(
        application(dataset, settings),
        http=connections(settings),
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=int(settings.timeout) + 5,
    )

    async def speak() -> None:
        server = uvicorn.Server(config)
        async with anyio.create_task_group() as group:
            group.start_soon(server.serve, [listener])
            while not server.started and not server.should_exit:
                await anyio.sleep(0.01)
            if server.started:
                ready()

    anyio.run(speak)


def application(dataset: Dataset, settings: Settings) -> Starlette:
    """Return the ASGI application that speaks at /mcp, to loopback names and those in `settings.hosts`."""
    service = Service(dataset, settings)
    server = protocol(service, settings.lang)
    names = [*_LOOPBACK, *(form for host in settings.hosts for form in (host, f"{host}:*"))]
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection="*" not in settings.hosts,
        allowed_hosts=names,
        allowed_origins=[f"{scheme}://{name}" for scheme in ("http", "https") for name in names],
    )
    app = server.streamable_http_app(
        stateless_http=True,
        json_response=True,
        transport_security=security,
        max_request_body_size=settings.max_body,
    )
    inner = app.router.lifespan_context

    @contextlib.asynccontextmanager
    async def lifespan(made: Starlette) -> AsyncIterator[Any]:
        async with running(service), inner(made) as state:
            yield state

    app.router.lifespan_context = lifespan
    return app


def running(service: Service) -> contextlib.AbstractAsyncContextManager[None]:
    """Have the worker processes of a service running."""
    return service.running(cast(Starlette, None))
