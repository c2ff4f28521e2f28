"""Health: for those who may know of it; its rules for those who set the program up."""

from tests.permissions.rows_references import HEALTH, customer, posted
from tests.permissions.table import Row, only

SETS_UP = only("maya", "adam")
RULES = {
    "recommends": 40, "satisfaction": 10, "tenure": 10, "helped": 10, "complaints": 20, "renewal": 10, "threshold": 80,
    "tenure_months": 12, "again_days": 180, "renewal_days": 0, "won_days": 90, "caution_below": 40, "pauses_below": 0,
}  # fmt: skip

ROWS = [
    Row("references:customer_health", HEALTH, kwargs=customer),
    Row("references:customer_said", HEALTH, kwargs=customer),
    Row("references:health_rules", SETS_UP),
    Row("references:health_rules", posted(SETS_UP), method="post", data=RULES),
]
