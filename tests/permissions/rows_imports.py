"""Who may import; who may read what the API is like."""

from crp.imports.models import ImportRun
from tests.permissions.rows_references import API, api
from tests.permissions.table import Row, World, everyone, only

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
SENDS_BACK = {**MAY, "maya": 302, "adam": 302}
TOO_EARLY = {**MAY, "maya": 409, "adam": 409}


# Over the API whoever does not import finds none.
FINDS = api(only("maya", "adam", refused=404))
ASKS = {**FINDS, "maya": 400, "adam": 400}


def tell(world: World) -> None:
    """One that was written, beside the one still being mapped."""
    world.applied_run = ImportRun.objects.create(
        kind="customers", file_name="b.csv", state="applied", by=world.maya, report={"rows": 0}
    )


def run_of(world: World) -> dict[str, int]:
    return {"pk": world.import_run.pk}


def applied(world: World) -> dict[str, int]:
    return {"pk": world.applied_run.pk}


ROWS = [
    Row("imports:start", MAY),
    Row("imports:run", MAY, kwargs=run_of),
    Row("imports:apply", TOO_EARLY, kwargs=run_of, method="post"),
    Row("imports:shape", SENDS_BACK, kwargs=run_of, method="post"),
    Row("imports:mend", SENDS_BACK, kwargs=run_of, method="post"),
    Row("imports:mended", SENDS_BACK, kwargs=run_of, method="post"),
    Row("imports:rows", MAY, kwargs=run_of),
    Row("imports:undo", TOO_EARLY, kwargs=run_of),
    Row("imports:undo", MAY, kwargs=applied),
    Row("imports:progress", MAY, kwargs=run_of),
    Row("imports:mapping", MAY, kwargs=run_of),
    Row("imports:faults", MAY, kwargs=run_of),
    Row("imports:people_export", {**MAY, "maya": 403}),
    Row("api:import-list", {**everyone(200), **API}),
    Row("api:import-list", {**MAY, **API, "maya": 400, "adam": 400}, method="post"),
    Row("api:import-detail", FINDS, kwargs=run_of),
    Row("api:import-map-columns", {**FINDS, "maya": 202, "adam": 202}, kwargs=run_of, method="post"),
    Row("api:import-shape", FINDS, kwargs=run_of, method="post"),
    Row("api:import-faults", FINDS, kwargs=run_of),
    Row("api:import-faults-file", FINDS, kwargs=run_of),
    Row("api:import-mend", {**FINDS, "maya": 202, "adam": 202}, kwargs=run_of, method="post"),
    Row("api:import-mended-file", ASKS, kwargs=run_of, method="post"),
    Row("api:import-rows", FINDS, kwargs=run_of),
    Row("api:import-apply", {**FINDS, "maya": 409, "adam": 409}, kwargs=run_of, method="post"),
    Row("api:import-undo", {**FINDS, "maya": 409, "adam": 409}, kwargs=run_of),
    Row("api:import-undo", FINDS, kwargs=applied),
    Row("api:import-undo", {**FINDS, "maya": 202, "adam": 202}, kwargs=applied, method="post"),
    Row("api:schema", {"maya": 200, "ola": 200, "anonymous": 200}),
]
