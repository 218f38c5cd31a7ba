"""The code on a form on paper: found however it is typed, and never that of another form."""

import pytest

from intake.paper.code import SIGNS, as_code, new_code, written


def test_a_code_is_found_however_it_is_typed():
    code = new_code()
    for typed in (code, written(code), written(code).lower(), f" {code[:3]} {code[3:]} ", code.replace("5", "S")):
        assert as_code(typed) == code


def test_no_slip_of_one_sign_and_no_swap_is_taken_for_another_form():
    for _ in range(50):
        code = new_code()
        slips = {code[:at] + sign + code[at + 1 :] for at in range(9) for sign in SIGNS} - {code}
        swaps = {code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(8)} - {code}
        assert not [wrong for wrong in slips | swaps if as_code(wrong)]


@pytest.mark.parametrize(
    "typed", ["", "ABC", "0" * 9, "2222-2222", "é" * 9, "\x00" * 9, "2" * 400, "２２２２２２２２２"]
)
def test_what_is_no_code_finds_nothing(typed):
    assert as_code(typed) is None
