"""The desk's list with referrals made for it."""

import pytest
from django.db import connection

from referrals import moves as actions
from referrals.models import Referral
from tests import factories


@pytest.fixture
def desk(sign_in, priya):
    return sign_in(priya)


@pytest.fixture
def make(location, maya, priya):
    """`make("Quill", ...)` is an open referral of somebody of that name."""

    def made(last_name, to=None, phone="(207) 555-0111", **fields) -> Referral:
        person = factories.patient(at=location, first_name="Ada", last_name=last_name, phone=phone)
        case = factories.case(of=person, acknowledged_by=maya)
        return factories.referral(after=factories.decision(on=case, by=maya), owner=priya, to=to, **fields)

    return made


@pytest.fixture
def history(make, priya):
    """`history(n)`: that many more referrals that have ended, of the same patients."""
    ended = actions.withdraw(make("Garcia"), reason="not_needed", by=priya)
    names = [field.column for field in Referral._meta.concrete_fields]
    drawn = {
        "id": "nextval('referrals_referral_id_seq')",
        "public_id": "gen_random_uuid()",
        "decision_id": "-nextval('referrals_referral_id_seq')",
        "reference": "lpad(nextval('referrals_referral_id_seq')::text, 9, '0')",
        "ended_at": "now() - random() * interval '900 days'",
    }

    def more(number):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(
                f"INSERT INTO referrals_referral ({', '.join(names)})"
                f" SELECT {', '.join(drawn.get(name, name) for name in names)}"
                " FROM referrals_referral, generate_series(1, %s) WHERE id = %s",
                [number, ended.pk],
            )
            cursor.execute("SET LOCAL session_replication_role = origin")
            cursor.execute("ANALYZE")  # of all: a plan guessed for one table costs another

    return more
