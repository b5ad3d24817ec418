"""The command line: argument parsing only; what a command does is in the module it names."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence

import click

from kg import __version__
from kg.cli import ask, check, keep, lint, make, mcp, measure, queries, remote, search, serve, site
from kg.errors import KgError

INTERRUPTED = 130  # what a shell reports for Ctrl-C
TERMINATED = 143  # ... for SIGTERM
CLOSED_PIPE = 141  # ... and for a reader that has gone, as in `kg export | head`


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Each command has --help with an example. The store is --store, else $KG_STORE, else ./kg-store.",
)
@click.version_option(__version__, prog_name="kg", message="%(prog)s %(version)s")
def cli() -> None:
    """How Vietnamese Party directives travel down the hierarchy: build the graph, check it, ask it.

    \b
    Example:
      kg build seeds
      kg query cascade/tree --param directive=32-CT/TW
    """


for command in (
    make.build,
    make.export,
    keep.load,
    keep.recipes,
    keep.backup,
    keep.restore,
    check.validate,
    lint.lint,
    queries.queries,
    ask.query,
    ask.show,
    ask.explain,
    search.search,
    measure.evaluate,
    serve.serve,
    mcp.mcp,
    site.site,
    remote.push,
    remote.doctor,
):
    cli.add_command(command)


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code: 0 done, 1 not conforming, 2 failed, 130 interrupted."""
    _speak_utf8()
    try:
        arguments = [_decoded(argument) for argument in arguments]
        with _no_surprises(), _terminable(), cli.make_context("kg", arguments) as context:
            return int(cli.invoke(context) or 0)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except (click.ClickException, KgError) as error:
        click.echo(_line(error), err=True)
        return 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("kg: interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # Python would complain about the pipe once more when it flushes the stream at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """Make SIGTERM end the program as an exception does: unfinished files are removed, workers end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def terminate(*_: object) -> None:
        click.echo("kg: terminated", err=True)
        sys.exit(TERMINATED)

    former = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


def _line(error: click.ClickException | KgError) -> str:
    """Return what is wrong, where, and what to do, in one line; the help page where nothing was asked."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.format_message()
    if isinstance(error, KgError):
        return f"kg: {error}"
    message = " ".join(error.format_message().split()).rstrip(".")
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "kg"
    return f"kg: {message} — {command} --help shows how"


@contextlib.contextmanager
def _no_surprises() -> Iterator[None]:
    """Turn what nobody expected into one line, unless the whole story is asked for."""
    try:
        yield
        sys.stdout.flush()
    except (click.ClickException, click.Abort, click.exceptions.Exit, KgError, BrokenPipeError):
        raise
    except Exception as error:
        logging.getLogger("kg").debug("unexpected", exc_info=True)
        reason = " ".join(str(error).split())
        raise KgError(f"{type(error).__name__}: {reason}", hint="run with -v for the traceback") from error


def _speak_utf8() -> None:
    """Write UTF-8 whatever the locale says: names are Vietnamese, and files are read as UTF-8 too."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() not in ("utf-8", "utf8"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _decoded(argument: str) -> str:
    """Return an argument as the UTF-8 that was typed, whatever the locale took it for."""
    try:
        return os.fsencode(argument).decode("utf-8")
    except UnicodeError:
        return argument
