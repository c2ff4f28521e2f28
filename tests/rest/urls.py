"""A few addresses of the tests' own, below /api/ and beside it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from crp.accounts.models import Team
from crp.outbox.models import Message
from crp.rest.idempotency import once
from crp.rest.views import Viewset
from crp.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class MessageShape(serializers.ModelSerializer):
    class Meta:
        model = Message
        fields = ("id", "state")


class Messages(Viewset):
    queryset = Message.objects.all()
    serializer_class = MessageShape

    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: Any = None) -> Response:
        return self.act(request, "retry")


class TeamShape(serializers.ModelSerializer):
    class Meta:
        model = Team
        fields = ("id", "name")


class Teams(Viewset):
    queryset = Team.objects.all()
    serializer_class = TeamShape

    def create(self, request: Request) -> Response:
        return self.show(Team.objects.create(name=self.checked(TeamShape, request)["name"]), created=True)


@once
def team_form(request: HttpRequest) -> HttpResponse:
    """Makes a team and goes there; without a name the form comes again."""
    if not request.POST.get("name"):
        Team.objects.create(name="half-done")
        return HttpResponse("again", status=422)
    return HttpResponseRedirect(f"/teams/{Team.objects.create(name=request.POST['name']).pk}/")


def search(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(Team.objects.filter(name=request.GET.get("q", "")).count()))


router = SimpleRouter()
router.register("messages", Messages)
router.register("teams", Teams)
urlpatterns = [
    path("api/v1/", include(router.urls)),
    path("team/", team_form),
    path("search/", search),
    path("", include("crp.urls")),
]
