"""Every rows module and the world they tell together: for the table, and for whoever else sends to every address."""

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from tests import permissions
from tests.permissions.table import Row, World

NAMES = [name for _, name, _ in pkgutil.iter_modules(permissions.__path__) if name.startswith("rows_")]
MODULES = [importlib.import_module(f"tests.permissions.{name}") for name in NAMES]
ROWS: list[Row] = [row for module in MODULES for row in module.ROWS]


def told() -> World:
    """The whole world, in the open transaction."""
    world = World()
    for module in MODULES:
        getattr(module, "tell", lambda world: None)(world)
    return world


@contextmanager
def passing(blocker: Any) -> Iterator[World]:
    """The world for the length of a module's fixture, undone afterwards. `blocker`: the fixture django_db_blocker."""
    with blocker.unblock(), transaction.atomic():
        yield told()
        transaction.set_rollback(True)
