"""The visitor's address, as a trusted proxy says it: with a port or brackets, or refused when it is none."""

import pytest
from django.core.exceptions import BadRequest
from django.test import Client, RequestFactory

from clinic.links.models import LinkRequest
from clinic.web.network import address_of, network

PROXY = "10.0.0.1"


def asked(header, trusted, settings):
    settings.TRUSTED_PROXIES = trusted
    more = {} if header is None else {"HTTP_X_FORWARDED_FOR": header}
    return RequestFactory().get("/", REMOTE_ADDR=PROXY, **more)


@pytest.mark.parametrize(
    ("header", "trusted", "address"),
    [
        ("203.0.113.9", 1, "203.0.113.9"),
        ("203.0.113.9:5678", 1, "203.0.113.9"),
        ("[2001:db8::1]:443", 1, "2001:db8::1"),
        ("[2001:db8::1]", 1, "2001:db8::1"),
        ("2001:db8::1", 1, "2001:db8::1"),
        ("::ffff:203.0.113.9", 1, "203.0.113.9"),
        ("[::ffff:203.0.113.9]:5678", 1, "203.0.113.9"),
        ('"[2001:db8::1]:443"', 1, "2001:db8::1"),
        ("fe80::1%eth0", 1, "fe80::1"),
        ("198.51.100.7, 203.0.113.9:5678", 1, "203.0.113.9"),
        ("whatever a stranger wrote, 203.0.113.9:5678", 1, "203.0.113.9"),
        ("203.0.113.9:5678, 10.0.0.2", 2, "203.0.113.9"),
        ("203.0.113.9", 2, "203.0.113.9"),
        ("203.0.113.9", 0, PROXY),
        (None, 1, PROXY),
        (" , ", 1, PROXY),
    ],
)
def test_the_address_a_trusted_proxy_says(header, trusted, address, settings):
    assert address_of(asked(header, trusted, settings)) == address


@pytest.mark.parametrize("header", ["unknown", "_hidden", "203.0.113", "203.0.113.9:", "[2001:db8::1", "1.2.3.4:5:6"])
def test_a_hop_that_is_no_address_is_refused(header, settings):
    with pytest.raises(BadRequest):
        address_of(asked(header, 1, settings))


def test_ports_make_no_other_network_and_strangers_are_not_one(settings):
    """Each connection has a port of its own: counted with it, a limit would never be reached."""
    of_one = {address_of(asked(f"203.0.113.9:{port}", 1, settings)) for port in range(5000, 5050)}
    assert {network(address, v4=32, v6=64) for address in of_one} == {"203.0.113.9/32"}
    others = [network(address_of(asked(f"{n}.0.113.9:443", 1, settings)), v4=32, v6=64) for n in range(11, 31)]
    assert len(set(others)) == 20
    assert "" not in others


def test_a_page_that_counts_says_bad_request_and_keeps_no_row(db, location, settings):
    settings.TRUSTED_PROXIES = 1
    answer = Client().post("/link/new/", {"email": "ada@quill.example"}, HTTP_X_FORWARDED_FOR="unknown")
    assert answer.status_code == 400
    assert not LinkRequest.objects.exists()
