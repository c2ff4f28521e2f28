"""The API of this app: tokens and colleagues."""

from typing import Any

import django_filters
from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from crp.accounts.models import Role, User
from crp.rest.views import Viewset


class SignInSerializer(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=500, trim_whitespace=False, write_only=True)
    code = serializers.CharField(
        max_length=20, required=False, help_text="Of the authenticator app, where one is set up."
    )


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField()


class TooManyTries(exceptions.APIException):
    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_code = "too_many_tries"


class TokenView(APIView):
    """`POST {email, password}` → {token}. The same reply for an unknown address and a wrong password."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    @extend_schema(request=SignInSerializer, responses=TokenSerializer)
    def post(self, request: Request) -> Response:
        given = SignInSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        user = self.who(request._request, given.validated_data)
        if user is None or not has_second_step(user, given.validated_data.get("code", "")):
            raise exceptions.AuthenticationFailed(_("This address, password or code is not right."))
        return Response({"token": AuthToken.objects.create(user)[1]})

    def who(self, request: HttpRequest, given: dict[str, Any]) -> User | None:
        """The user, counted against the limits of the sign-in page. Raises TooManyTries."""
        try:
            found = get_adapter(request).authenticate(request, email=given["email"], password=given["password"])
        except ValidationError as error:
            raise TooManyTries(_("Too many tries. Wait a few minutes.")) from error
        return found if isinstance(found, User) and found.is_active else None

    def get_authenticate_header(self, request: Request) -> str:
        return "Token"


def has_second_step(user: User, code: str) -> bool:
    """Is the code right, where the user has set up a second step? A token must not be a way around it."""
    if not is_mfa_enabled(user):
        return True
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    return bool(code) and any(
        each.wrap().validate_code(code) for each in Authenticator.objects.filter(user=user, type__in=kinds)
    )


class UserFilter(django_filters.FilterSet):
    role = django_filters.ChoiceFilter(choices=Role.choices, method="by_role")
    team = django_filters.CharFilter(field_name="team__name")
    q = django_filters.CharFilter(method="by_words", max_length=100)

    class Meta:
        model = User
        fields = ("role", "team", "q")

    def by_role(self, found: Any, name: str, value: str) -> Any:
        return found.filter(roles__contains=[value])

    def by_words(self, found: Any, name: str, value: str) -> Any:
        return found.matching(value)


class UserSerializer(serializers.ModelSerializer):
    team = serializers.CharField(source="team.name", default=None, read_only=True)
    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices), read_only=True)

    class Meta:
        model = User
        fields = ("id", "name", "email", "roles", "team")
        read_only_fields = fields


class UserViewset(Viewset):
    """Colleagues."""

    queryset = User.objects.active().select_related("team")
    serializer_class = UserSerializer
    filterset_class = UserFilter

    @action(detail=False)
    def me(self, request: Request) -> Response:
        """Who the token belongs to."""
        return self.show(request.user)


def register(router: SimpleRouter) -> None:
    """Add this app's endpoints."""
    router.register("users", UserViewset, basename="user")


urlpatterns = [path("auth/token/", TokenView.as_view(), name="token")]
