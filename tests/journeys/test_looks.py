"""Pages at their worst: in the dark, with errors, at a wrong address. Each must still read well and say what to do."""

import pytest

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


def is_dark(screen) -> bool:
    shade = screen.page.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor")
    return max(int(part) for part in shade.strip("rgba()").split(",")[:3]) < 100


def test_the_pages_of_a_patient_who_makes_mistakes(phone, maya, scheme):
    ada = phone(color_scheme=scheme)
    ada.opens("/intake/start/")
    assert is_dark(ada) == (scheme == "dark")
    ada.fills_in(First_name="Ada", Email="ada@")
    ada.presses("Continue", status=422)
    ada.sees_errors("Enter the last name.", "Enter an email address like name@example.com.")
    assert ada.page.title().startswith("Error:")
    assert ada.page.get_by_label("First name").input_value() == "Ada"

    ada.gives_details()
    ada.presses("Continue")
    ada.presses("Continue", status=422)
    ada.sees_errors("Choose who is filling this in.")
    ada.says_who("patient")
    ada.presses("Save and continue", status=422)
    ada.sees_errors("Check each answer that fits")


def test_the_sign_in_of_a_colleague_who_mistypes(computer, maya, scheme):
    at_desk = computer(color_scheme=scheme)
    at_desk.opens("/account/login/")
    assert is_dark(at_desk) == (scheme == "dark")
    at_desk.fills_in(Email=maya.email, Password="not this one")
    at_desk.presses("Sign in")
    at_desk.sees_errors("not correct")


def test_a_wrong_address_says_what_to_do(phone, location, scheme):
    lost = phone(color_scheme=scheme)
    lost.opens("/no/such/page/", status=404)
    assert is_dark(lost) == (scheme == "dark")
    lost.sees("911")
    lost.opens("/l/" + "x" * 43 + "/", status=404)
    assert lost.heading == "This link does not open anything"
