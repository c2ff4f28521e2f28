"""What of the references comes in by file. Importing this registers every kind."""

from references.importing import catalogue, contacts, customers, nominations, surveys, usage
from references.importing.known import by_external_id, colleagues, companies, products

__all__ = [
    "by_external_id",
    "catalogue",
    "colleagues",
    "companies",
    "contacts",
    "customers",
    "nominations",
    "products",
    "surveys",
    "usage",
]
