"""Whose deals and requests a user's figures are made of."""

from copy import copy
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import QuerySet

from crp.accounts.models import Role
from crp.verbs import Forbidden
from materials.models import Material
from references.models import Activity, Contact
from references.models.contact import ContactQuerySet
from requests_app.models import Assignment, Opportunity, ReferenceRequest
from requests_app.models.assignment import AssignmentQuerySet
from requests_app.models.opportunity import OpportunityQuerySet
from requests_app.models.request_set import RequestQuerySet


@dataclass(frozen=True)
class Scope:
    """
    The whole program for managers, executives and admins; own and team's for sales; an account owner's customers'.

    `user` None is the program itself.
    """

    user: Any = None

    @classmethod
    def of(cls, user: Any) -> Self:
        if user.is_manager or user.is_executive or user.is_admin:
            return cls()
        # Marketing sees every deal and request but measures material only: without it, the same words tell the rest.
        measuring = copy(user)
        measuring.roles = [role for role in user.roles if role != Role.MARKETING]
        return cls(measuring)

    @property
    def whole(self) -> bool:
        return self.user is None

    def deals(self) -> OpportunityQuerySet:
        return Opportunity.objects.all() if self.whole else Opportunity.objects.visible_to(self.user)

    def requests(self) -> RequestQuerySet:
        return ReferenceRequest.objects.all() if self.whole else ReferenceRequest.objects.visible_to(self.user)

    def assignments(self) -> AssignmentQuerySet:
        return Assignment.objects.all() if self.whole else Assignment.objects.visible_to(self.user)

    def contacts(self) -> ContactQuerySet:
        """The people whose use is measured: all, or those at customers he owns."""
        people = Contact.objects.filter(erased_at=None)
        return people if self.whole else people.filter(customer__owner=self.user)

    def activities(self) -> QuerySet[Activity]:
        """The uses that are measured: all, or those of customers he owns."""
        return Activity.objects.all() if self.whole else Activity.objects.filter(customer__owner=self.user)


def sees_material(user: Any) -> bool:
    """Whole-program material figures are for those who run, fund or make it."""
    return bool(Scope.of(user).whole or user.is_marketing)


def only_material(user: Any) -> bool:
    """Does he measure material and nothing else?"""
    return bool(user.is_marketing and not (Scope.of(user).whole or user.is_sales))


def material_of(user: Any) -> QuerySet[Material]:
    """All material, or that of the customers he owns."""
    return Material.objects.all() if sees_material(user) else Material.objects.filter(customer__owner=user)


def whole_program(user: Any) -> Scope:
    """The scope of figures that only make sense for the whole. Raises Forbidden."""
    scope = Scope.of(user)
    if not scope.whole:
        raise Forbidden
    return scope


def deals_and_requests(user: Any) -> Scope:
    """The scope of figures about deals. Raises Forbidden to marketing, which sees no amounts."""
    if only_material(user):
        raise Forbidden
    return Scope.of(user)
