"""Who may import; who may read what the API is like."""

from tests.permissions.table import Row, World

MAY = {
    "maya": 200,
    "adam": 200,
    "sam": 403,
    "sofia": 403,
    "omar": 403,
    "mina": 403,
    "eva": 403,
    "ola": 403,
    "anonymous": 302,
}


def run_of(world: World) -> dict[str, int]:
    return {"pk": world.import_run.pk}


ROWS = [
    Row("imports:start", MAY),
    Row("imports:run", MAY, kwargs=run_of),
    Row("imports:apply", {**MAY, "maya": 409, "adam": 409}, kwargs=run_of, method="post"),
    Row("imports:progress", MAY, kwargs=run_of),
    Row("imports:mapping", MAY, kwargs=run_of),
    Row("imports:faults", MAY, kwargs=run_of),
    Row("api:schema", {"maya": 200, "ola": 200, "anonymous": 200}),
]
