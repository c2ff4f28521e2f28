"""Names that stand in every list: the reader's own language for those we brought along."""

from typing import Any

import pytest
from django.utils import translation

from crp.accounts.models import User
from references.models import Industry
from references.models.taxonomy import STANDARD_INDUSTRIES, industry_name
from tests.conftest import make_customer


def test_every_industry_we_bring_along_is_known_to_the_catalogue(db: None) -> None:
    assert set(Industry.objects.values_list("name", flat=True)) == {str(name) for name in STANDARD_INDUSTRIES}


@pytest.mark.parametrize(("language", "words"), [("en", "Industry"), ("ar", "الصناعة"), ("fa", "صنعت")])
def test_a_standard_industry_speaks_the_reader_s_language(language: str, words: str) -> None:
    with translation.override(language):
        assert industry_name("Industry") == words
        assert industry_name("Beekeeping") == "Beekeeping"


def test_the_list_of_customers_names_industries_in_arabic(as_user: Any, maya: User) -> None:
    maya.language = "ar"
    maya.save()
    make_customer(industry=Industry.objects.get(name="Medical devices"))
    page = as_user(maya).get("/customers/").content.decode()
    assert "الأجهزة الطبية" in page
    assert "Medical devices" not in page
