"""The earlier intake of a returning patient, on the case page."""

from django import template

from intake.review.case_page import CasePage
from intake.review.earlier import Earlier

register = template.Library()


@register.simple_tag
def earlier_than(page: CasePage) -> Earlier | None:
    return Earlier(page) if page.intake.earlier_id else None
