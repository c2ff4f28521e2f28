"""The watch: everyone has the page, and sees on it whom he looks after."""

from references import watching
from tests.permissions.table import Row, World, everyone


def tell(world: World) -> None:
    watching.refresh()
    world.watch = world.customer.watches.get(contact=None)


ROWS = [
    Row("references:watch", everyone(200)),
    Row("references:watch", everyone(200), query="?view=unasked", note="unasked"),
    Row("api:watch-list", everyone(200, anonymous=401)),
    Row(
        "api:watch-detail",
        everyone(200, anonymous=401, sam=404, sofia=404, ola=404),
        kwargs=lambda w: {"pk": w.watch.pk},
    ),
]
