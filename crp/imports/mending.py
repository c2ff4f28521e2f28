"""What a person changed about a file without touching it: cells by row and column, and rows left out with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ROW_COLUMN, FAULT_COLUMN = "crp_row", "crp_fault"


@dataclass(frozen=True)
class Mending:
    """`cells`: row number → their column → value; `skips`: row number → reason."""

    cells: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    skips: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Mending":
        """From JSON, whose keys are texts."""
        cells = {int(row): dict(found) for row, found in data.get("cells", {}).items()}
        return cls(cells, {int(row): str(reason) for row, reason in data.get("skips", {}).items()})

    def as_data(self) -> dict[str, Any]:
        return {
            "cells": {str(row): dict(found) for row, found in self.cells.items() if found},
            "skips": {str(row): reason for row, reason in self.skips.items()},
        }

    def mend(self, number: int, cells: list[str], columns: list[str]) -> list[str] | None:
        """The row as it counts; None when it is left out."""
        if number in self.skips:
            return None
        if number not in self.cells:
            return cells
        wide = [*cells, *[""] * (len(columns) - len(cells))]
        for column, value in self.cells[number].items():
            if column in columns:
                wide[columns.index(column)] = value
        return wide

    def with_cells(self, changes: Mapping[int, Mapping[str, str]]) -> "Mending":
        """The same with more cells mended."""
        cells = {row: dict(found) for row, found in self.cells.items()}
        for row, found in changes.items():
            cells.setdefault(row, {}).update(found)
        return Mending(cells, self.skips)

    def with_skips(self, rows: Mapping[int, str]) -> "Mending":
        return Mending(self.cells, {**self.skips, **rows})
