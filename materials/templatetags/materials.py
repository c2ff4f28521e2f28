"""`{% load materials %}`: title|bare, a title without the quotation marks it brings along, for sentences that quote it."""

from django import template

from materials.credit import bare

register = template.Library()
register.filter("bare", lambda title: bare(str(title)))
