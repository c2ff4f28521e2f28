"""Material and deals, seen from the material."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from crp.accounts.models import User
from materials.models import Material
from requests_app.models import MaterialUse
from tests.conftest import make_opportunity

TODAY = timezone.localdate().isoformat()


@pytest.fixture
def story(db: None) -> Material:
    """A published case study that anybody may be shown."""
    found: Material = Material.objects.create(
        kind="case_study", title="Nine ports", state="published", audience="shareable"
    )
    return found


def test_a_use_is_noted_from_the_material_once(as_user: Any, sam: User, sofia: User, story: Material) -> None:
    mine, hers = make_opportunity(sam), make_opportunity(sofia, "Frigo Atlántico")
    client, url = as_user(sam), reverse("requests_app:use_material")
    page = client.get(url, {"material": story.pk}).content.decode()
    assert mine.name in page
    assert hers.name not in page
    body = {"material": story.pk, "opportunity": mine.pk, "on": TODAY, "once": "a-key"}
    for _again in range(2):
        assert client.post(url, body).url == reverse("requests_app:opportunity", args=[mine.pk])
    use = MaterialUse.objects.get()
    assert (use.opportunity, use.material, use.by) == (mine, story, sam)
    assert client.post(url, {**body, "once": "b", "opportunity": hers.pk}).status_code == 422


@pytest.mark.parametrize("material", ["", "x", "²", "9" * 12])
def test_unknown_material_is_not_found(material: str, as_user: Any, sam: User) -> None:
    assert as_user(sam).get(reverse("requests_app:use_material"), {"material": material}).status_code == 404


def test_the_panel_shows_uses_on_deals_one_may_see(
    as_user: Any, sam: User, sofia: User, story: Material, django_assert_max_num_queries: Any
) -> None:
    deal = make_opportunity(sam)
    deal.use_material(by=sam, material=story, on=timezone.localdate())
    url = reverse("requests_app:material_panel", args=[story.pk])
    client = as_user(sam)
    with django_assert_max_num_queries(6):
        assert deal.name in client.get(url).content.decode()
    assert deal.name not in as_user(sofia).get(url).content.decode()
