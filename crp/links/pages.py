"""What every page behind a signed link has in common: no sign-in, no cache, no referrer, the reader's language."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponseBase]


def by_link(view: View) -> View:
    """A view whose only key is the token in its address."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    # Without a referrer browsers send the origin "null", which the CSRF check refuses; the secret is in the address itself.
    return csrf_exempt(never_cache(login_not_required(wrapper)))


def language_for(request: HttpRequest, own: str = "") -> str:
    """The language asked for in the address (`?lang=`), else the person's `own`, else the browser's."""
    known = dict(settings.LANGUAGES)
    wanted = request.GET.get("lang", "")
    wanted = wanted if wanted in known else own or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return wanted if wanted in known else translation.get_language_from_request(request)
