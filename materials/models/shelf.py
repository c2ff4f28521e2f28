"""The words for asking about material."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import models

from crp.search import normalise
from materials.models.kinds import CLEARED, OPEN_TO_CHANGE, SHAREABLE, STANDING, MaterialState, Naming

if TYPE_CHECKING:
    from references.models import Customer

# Below it, a misspelt word is another word.
LIKENESS = 0.5


class MaterialQuerySet(models.QuerySet[Any]):
    """The words for asking about material."""

    def visible_to(self, user: Any) -> Self:
        """
        All for managers, marketing and admins; approved and published for executives, and for sales what may be shared;
        the account owner sees what is made with his customers.
        """
        if sees_everything(user):
            return self
        seen = models.Q(customer__owner=user)
        if user.is_executive:
            seen |= models.Q(state__in=CLEARED)
        if user.is_sales:
            seen |= models.Q(state__in=CLEARED, audience__in=SHAREABLE)
        return self.filter(seen)

    def about_customer(self, customer: "Customer", user: Any) -> Self:
        """What the user may know to be made with the customer: anonymous material does not tell on its customer."""
        found = self.filter(customer=customer)
        if sees_everything(user) or user.is_executive or customer.owner_id == user.pk:
            return found
        return found.filter(naming=Naming.FULL)

    def about_customer_id(self, customer_id: int, user: Any) -> Self:
        """`about_customer` where only the id is at hand."""
        found = self.filter(customer_id=customer_id)
        if sees_everything(user) or user.is_executive:
            return found
        return found.filter(models.Q(naming=Naming.FULL) | models.Q(customer__owner=user))

    def with_making(self) -> Self:
        """With all that `problems` asks about, in five queries for any number."""
        return self.select_related("customer", "customer__industry", "owner").prefetch_related(
            "contacts", "versions__files", "customer__permissions"
        )

    def with_taxonomy(self) -> Self:
        """With `product_names` and `industry_names`, in the same query."""
        from references.models import Industry, Product

        names = {
            "product_names": Product.objects.filter(materials=models.OuterRef("pk")),
            "industry_names": Industry.objects.filter(materials=models.OuterRef("pk")),
        }
        return self.annotate(
            **{key: ArraySubquery(rows.order_by("name").values("name")) for key, rows in names.items()}
        )

    def open_to_change(self) -> Self:
        return self.filter(state__in=OPEN_TO_CHANGE)

    def standing(self) -> Self:
        """Approved, published or due for review: what rests on a permission."""
        return self.filter(state__in=STANDING)

    def to_share(self) -> Self:
        """Published, and meant for eyes outside."""
        return self.filter(state=MaterialState.PUBLISHED, audience__in=SHAREABLE)

    def review_due_by(self, day: date) -> Self:
        return self.filter(state=MaterialState.PUBLISHED, review_on__lte=day)

    def expiring_by(self, day: date) -> Self:
        return self.filter(state__in=STANDING, expires_on__lte=day)

    def matching_words(self, text: str) -> Self:
        """Material whose folded text holds every word; where none does, what resembles the words."""
        words = normalise(text).split()[:8]
        if not words:
            return self
        found = self
        for word in words:
            found = found.filter(search_text__contains=word)
        return found if found.exists() else self.resembling(" ".join(words))

    def resembling(self, text: str) -> Self:
        """Material with a stretch of title or text like the words, by trigrams."""
        likeness = TrigramWordSimilarity(text, "search_text")
        return (
            self.filter(search_text__trigram_word_similar=text)
            .annotate(likeness=likeness)
            .filter(likeness__gte=LIKENESS)
        )

    def without_permission(self, day: date) -> Self:
        """Standing material that names its customer, with no permission live on the day."""
        from materials.models.consent import ConsentGrant

        of_it = models.Q(material=models.OuterRef("pk")) | models.Q(material=None, customer=models.OuterRef("customer"))
        live = ConsentGrant.objects.live(day).filter(of_it)
        named = self.standing().filter(customer__isnull=False).exclude(naming=Naming.ANONYMOUS)
        return named.filter(~models.Exists(live))


def sees_everything(user: Any) -> bool:
    """Those who make material, and admins."""
    return bool(user.is_manager or user.is_marketing or user.is_admin)
