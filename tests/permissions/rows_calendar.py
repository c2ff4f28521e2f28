"""The ask calendar: everyone has it, and sees on it what he may."""

from tests.permissions.rows_references import SEES, customer
from tests.permissions.table import Row, everyone

ROWS = [
    Row("references:calendar", everyone(200)),
    Row("references:customer_calendar", SEES, kwargs=customer),
]
