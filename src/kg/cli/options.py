"""Options that several commands share, and how they speak: quietly, at length, with colours or without."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from kg.graph import Graph, Remote
    from kg.serve.dataset import Dataset

Command = TypeVar("Command", bound=Callable[..., Any])

LANGUAGES = ("vi", "en")


def _set_level(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        logging.basicConfig(format="kg: %(message)s", stream=sys.stderr)
        logging.getLogger("kg").setLevel(logging.DEBUG if parameter.name == "verbose" else logging.ERROR)
        context.meta[f"kg.{parameter.name}"] = True


def common(command: Command) -> Command:
    """Add -q and -v, which no command has to pass on."""
    for flags, text in (
        (("-v", "--verbose"), "Say what is done, and show tracebacks."),
        (("-q", "--quiet"), "Say nothing but errors."),
    ):
        option = click.option(*flags, is_flag=True, expose_value=False, callback=_set_level, help=text)
        command = option(command)
    return command


def quiet() -> bool:
    """Whether -q was given."""
    return bool(click.get_current_context().meta.get("kg.quiet"))


def _store(_context: click.Context, _parameter: click.Parameter, value: Path | None) -> Path:
    from kg.store import default_path

    return value if value is not None else default_path()


store = click.option(
    "--store",
    type=click.Path(path_type=Path),
    metavar="DIR",
    callback=_store,
    help="The store to use [default: $KG_STORE, else ./kg-store].",
)


def auth(command: Command) -> Command:
    """Add --auth; the secret comes from the environment or a prompt, since others see a command line."""
    return click.option(
        "--auth",
        default="none",
        metavar="SCHEME[:USER]",
        help="none, basic:USER, digest:USER or bearer; the secret: $KG_PASSWORD or $KG_TOKEN, else a prompt.",
    )(command)


def endpoint(command: Command) -> Command:
    """Add --endpoint and --auth, which `source` takes."""
    text = "Ask this SPARQL endpoint instead of a store."
    return click.option("--endpoint", default="", metavar="URL", help=text)(auth(command))


def login(text: str) -> tuple[str, str, str]:
    """What --auth says as scheme, user and secret."""
    scheme, _, user = text.partition(":")
    named = scheme in ("basic", "digest")
    if scheme not in ("none", "basic", "digest", "bearer") or named != bool(user):
        raise click.BadParameter(
            f"{text!r} is not none, basic:USER, digest:USER or bearer", param_hint="--auth"
        )
    if scheme == "none":
        return scheme, "", ""
    variable = "KG_PASSWORD" if named else "KG_TOKEN"
    secret = os.environ.get(variable, "")
    if not secret and sys.stdin.isatty():
        secret = click.prompt("Password" if named else "Token", hide_input=True, err=True)
    if not secret:
        raise click.UsageError(f"--auth {scheme} needs ${variable}")
    return scheme, user, secret


def source(store: Path, endpoint: str, auth: str) -> Graph | Remote:
    """The graph that is to be asked: behind the endpoint if there is one, else in the store."""
    import kg

    if not endpoint and auth != "none":
        raise click.UsageError("--auth goes with --endpoint")
    return kg.connect(endpoint, *login(auth)) if endpoint else kg.open(store)


def dataset(data: Sequence[Path], store: Path, endpoint: str, auth: str, timeout: float) -> Dataset:
    """What is to be served: what is behind the endpoint, asked for `timeout` seconds, the files DATA, else
    the store."""
    from kg.serve.dataset import Dataset

    if not endpoint and auth != "none":
        raise click.UsageError("--auth goes with --endpoint")
    if endpoint and data:
        raise click.UsageError("give either DATA or --endpoint")
    if endpoint:
        return Dataset.of_endpoint(endpoint, login(auth), timeout)
    return Dataset.of_files(data) if data else Dataset.of_store(store)


lang = click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="vi",
    envvar="KG_LANG",
    show_default=True,
    help="Language of labels and headings.",
)
output = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to FILE instead of standard output.",
)


timeout = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="Give up after this time.",
)


class _TimeUpError(BaseException):
    """Raised by a signal; no library that catches every Exception swallows it."""


@contextlib.contextmanager
def deadline(seconds: float, what: str) -> Iterator[None]:
    """Stop what runs inside after some seconds: one line, exit code 2.

    Python's own loops and regular expressions heed a signal. Native code that does not, but lets other
    threads run, is ended with the process a second later; nothing is half written, since output follows.
    """
    from kg.errors import KgError

    line = KgError(f"{what} took longer than {seconds:g} seconds", hint="--timeout allows more")

    def give_up() -> None:
        os.write(sys.stderr.fileno(), f"kg: {line}\n".encode())
        os._exit(2)

    def interrupt(*_: object) -> None:
        raise _TimeUpError

    watch = threading.Timer(seconds + 1, give_up)
    watch.daemon = True
    watch.start()
    signals = hasattr(signal, "SIGALRM") and threading.current_thread() is threading.main_thread()
    former = signal.signal(signal.SIGALRM, interrupt) if signals else None
    try:
        if signals:
            signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    except _TimeUpError:
        raise line from None
    finally:
        watch.cancel()
        if signals:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, former)


def coloured() -> bool:
    """Whether standard output is a terminal that wants colours (NO_COLOR, TERM=dumb)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def write(text: str, target: Path | None) -> None:
    """Write text to standard output or, whole or not at all, to a file."""
    if target is None:
        sys.stdout.write(text)
        return
    from kg.errors import KgError

    temporary = target.with_name(f".{target.name}.tmp")
    try:
        temporary.write_text(text, "utf-8")
        temporary.replace(target)
    except OSError as error:
        raise KgError(
            f"cannot be written ({error.strerror})", where=str(target), hint="check the folder"
        ) from None
    finally:
        temporary.unlink(missing_ok=True)
