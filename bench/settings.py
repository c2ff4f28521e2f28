"""The program's settings, with the floor's addresses and the counting of queries added."""

from pathlib import Path

from crp.settings import *  # noqa: F403
from crp.settings import MIDDLEWARE, TEMPLATES

ROOT_URLCONF = "bench.urls"
MIDDLEWARE = ["bench.counting.CountingMiddleware", *MIDDLEWARE]
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], Path(__file__).parent / "templates"]
