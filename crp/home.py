"""The home page, by role, and the one search box: both look across the apps, so they live above them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """What the user's role comes for, first."""
    return render(request, "home/home.html")


def search(request: HttpRequest) -> HttpResponse:
    """Customers, contacts, deals, requests and material that match, of those the user may see."""
    return render(request, "home/search.html")
