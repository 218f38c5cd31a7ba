"""A changed protocol over stored intakes: the report names what the slow reading of the files names, writes nothing."""

import shutil
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from intake import triage
from intake.models import AnswerCode, Assessment, Case, Intake, ProtocolVersion, Urgency
from intake.questionnaire import actions as intakes
from intake.triage.many.replaying import Change
from intake.versions import replaying
from intake.versions import report as replay_report
from intake.versions import workers as replay_workers
from intake.versions.codes import keep_code
from intake.versions.protocols import load_texts
from tests import factories
from tests.answers import HEEL_PAIN
from tests.protocol.chance import answer_sets
from tests.protocol.earlier import texts_of_day
from tests.protocol.naive import Case as Slow
from tests.protocol.naive import Files

TABLES = (Intake, Assessment, AnswerCode, Case, ProtocolVersion)
EVERY_MAN = """

- id: every_man
  condition: "A man"
  fires_when: sex_at_birth:male
  must_not_fire_on: ["a woman"]
  destination: "physical_therapist"
  refer_to: [physical_therapist]
  why: "Only a test asks for this."
  sources: [aha-asa-2019]
"""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _address(settings):
    settings.SITE_URL = "https://intake.example"


@pytest.fixture
def stored(location):
    """Forty submitted intakes with random valid answers."""
    for answers in answer_sets(Files(), 40, seed=5):
        clean = triage.validate_answers(triage.shipped(), answers)
        intake = factories.intake(at=location, answers=clean, submitted=True)
        keep_code(factories.assessment(intake))


@pytest.fixture
def changed(tmp_path):
    """A protocol in which nobody counts as older before 90, and strong pain starts at 9."""
    folder = tmp_path / "changed"
    shutil.copytree(triage.shipped().folder, folder)
    for name in ("rules/urgent.yaml", "rules/emergency.yaml"):
        file = folder / name
        text = file.read_text()
        assert "age>=50" in text
        file.write_text(text.replace("age>=50", "age>=90").replace("pain_worst>=7", "pain_worst>=9"))
    return folder


def sent(location, answers):
    """A form that was sent, with the few bytes of its assessment."""
    intake = factories.intake(at=location, answers=answers, submitted=True)
    keep_code(factories.assessment(intake))
    return intake


def slowly(folder):
    """What changes, worked out intake by intake from the files alone."""
    before, after = Files(triage.shipped().folder), Files(folder)
    found = {}
    for intake in Intake.objects.all():
        old, new = Slow(before, intake.answers), Slow(after, intake.answers)
        if (set(old.flags()), old.urgency()) != (set(new.flags()), new.urgency()):
            found[intake.pk] = (set(new.flags()) - set(old.flags()), set(old.flags()) - set(new.flags()), new.urgency())
    return found


@pytest.mark.parametrize("processes", [1, 2])
def test_the_list_is_what_the_slow_reading_finds(stored, changed, processes):
    expected = slowly(changed)
    assert expected, "a change that changes nothing proves nothing"
    found = replaying.replay_all(triage.load(changed), processes=processes)
    assert found.total == 40
    assert {
        c.id: (set(c.newly_flagged), set(c.no_longer_flagged), c.tier_after.word)
        for c in found.changes
        if c.newly_flagged or c.no_longer_flagged or c.tier_before != c.tier_after
    } == expected


def test_a_replay_writes_nothing(stored, changed, location):
    unfinished(location, SPEECH)
    before = [model.objects.count() for model in TABLES]
    urgencies = list(Intake.objects.order_by("pk").values_list("urgency", flat=True))
    call_command("protocol", "replay", str(changed), processes=1)
    assert [model.objects.count() for model in TABLES] == before
    assert list(Intake.objects.order_by("pk").values_list("urgency", flat=True)) == urgencies


def test_a_case_that_would_lose_its_emergency_is_named_one_by_one(location, tmp_path, capsys):
    """Whoever accepts a change must open each of them; a count would hide them."""
    folder = tmp_path / "blind"
    shutil.copytree(triage.shipped().folder, folder)
    rules = folder / "rules" / "emergency.yaml"
    rules.write_text(
        rules.read_text().replace("emergency_now:face_droop/speech_trouble/one_side_weak", "emergency_now:face_droop")
    )
    answers = HEEL_PAIN | {"emergency_now": ["speech_trouble"]}
    intake = factories.intake(at=location, answers=answers, submitted=True)
    keep_code(factories.assessment(intake))
    call_command("protocol", "replay", str(folder), processes=1)
    told = capsys.readouterr().out
    assert "WOULD LOSE AN EMERGENCY FLAG: 1." in told
    assert str(intake.public_id) in told
    assert "-stroke_tia" in told


# Whatever has not been sent ------------------------------------------------------------------------------------------


@pytest.fixture
def blind(tmp_path):
    """A protocol that no longer sees trouble speaking."""
    folder = tmp_path / "blind"
    shutil.copytree(triage.shipped().folder, folder)
    rules = folder / "rules" / "emergency.yaml"
    seen = "emergency_now:face_droop/speech_trouble/one_side_weak"
    assert seen in rules.read_text()
    rules.write_text(rules.read_text().replace(seen, "emergency_now:face_droop"))
    return folder


SPEECH = {"age": 44, "emergency_now": ["speech_trouble"]}
LONG_AGO = timedelta(days=30)


def unfinished(location, answers, *, left=False):
    """A form on its first pages, as the patient's saves leave it: with a case where a rule fired."""
    intake = factories.intake(at=location, answers={"age": answers["age"]})
    rest = {name: value for name, value in answers.items() if name != "age"}
    for page in triage.shipped().pages:
        given = {name: rest[name] for name in page.questions if name in rest}
        if given:
            intake = intakes.save_page(intake, page.id, given, version=intake.version).intake
    if left:
        Intake.objects.filter(pk=intake.pk).update(saved_at=timezone.now() - LONG_AGO)
    return intake


def told(capsys, folder, **options) -> str:
    call_command("protocol", "replay", str(folder), **{"processes": 1} | options)
    return capsys.readouterr().out


@pytest.mark.parametrize("left", [False, True])
def test_an_emergency_of_a_form_that_was_never_sent_is_named(location, blind, capsys, left):
    """Their answers were judged too, and somebody was called because of them."""
    intake = unfinished(location, SPEECH, left=left)
    said = told(capsys, blind)
    assert "WOULD LOSE AN EMERGENCY FLAG: 1." in said
    standing = "abandoned" if left else "unfinished"
    link = f"https://intake.example/cases/{intake.case.public_id}/"
    assert f"{link}  Riverside, {standing}: -stroke_tia, emergency -> routine" in said


def test_forms_are_counted_by_how_far_they_came(location, blind, capsys):
    sent(location, HEEL_PAIN)
    unfinished(location, {"age": 50})
    unfinished(location, SPEECH)
    unfinished(location, {"age": 51, "emergency_now": ["none"]}, left=True)
    said = told(capsys, blind)
    assert "over 4 forms (1 weeks): 1 sent, 2 unfinished, 1 abandoned." in said
    assert "Judged otherwise: 1: 0 sent, 1 unfinished, 0 abandoned." in said


def test_the_worst_is_named_first(location):
    """Who reads from the top meets every lost emergency, the deepest fall first, then lowered urgent cases."""
    moves = [  # (before, after), in an order that is not the wanted one
        (Urgency.ROUTINE, Urgency.EMERGENCY),
        (Urgency.URGENT, Urgency.SOON),
        (Urgency.EMERGENCY, Urgency.URGENT),
        (Urgency.URGENT, Urgency.ROUTINE),
        (Urgency.EMERGENCY, Urgency.ROUTINE),
    ]
    forms = [factories.intake(at=location) for _move in moves]
    found = replaying.Found()
    found.parts[replaying.FormStanding.OPEN].changes = [
        Change(form.pk, (), ("one_rule",), *map(triage.Urgency, move), "neurologist", "neurologist")
        for form, move in zip(forms, moves, strict=True)
    ]
    said = "\n".join(replay_report.lines(found, triage.shipped(), weeks=1))
    wanted = [forms[4], forms[2], forms[3], forms[1], forms[0]]
    assert sorted(wanted, key=lambda form: said.index(str(form.public_id))) == wanted
    assert said.index(str(forms[2].public_id)) < said.index("Extra cases a week") < said.index(str(forms[3].public_id))


def test_a_form_without_a_case_is_named_by_what_staff_can_open(location, changed, maya, sign_in, capsys):
    """A raised tier on a form that no rule had noticed: there is no case, and the report says so."""
    stricter = changed / "rules" / "urgent.yaml"
    stricter.write_text(stricter.read_text() + EVERY_MAN)
    intake = unfinished(location, {"age": 50, "sex_at_birth": "male"})
    said = told(capsys, changed)
    address = f"https://intake.example/paper/{intake.public_id}/"
    assert f"{address}  Riverside, unfinished, no case: +every_man, routine -> urgent" in said
    assert "Without a case there is no case page yet" in said
    assert sign_in(maya).get(address.removeprefix("https://intake.example")).status_code == 200


def test_only_what_the_reader_may_open_is_named(location, other_location, blind, maya, olga, priya, sign_in, capsys):
    """The rest is counted, so that nobody takes the list for the whole."""
    here, there = unfinished(location, SPEECH), unfinished(other_location, SPEECH)
    said = told(capsys, blind, reader=maya.email)
    assert "WOULD LOSE AN EMERGENCY FLAG: 2." in said
    assert str(here.case.public_id) in said
    assert str(there.case.public_id) not in said
    assert "1 more at Hillcrest, which Maya Ortiz may not open" in said
    assert sign_in(maya).get(here.case.get_absolute_url()).status_code == 200
    assert sign_in(olga).get(here.case.get_absolute_url()).status_code == 404
    assert "/cases/" not in told(capsys, blind, reader=priya.email), "the front desk opens no case"
    with pytest.raises(CommandError, match="nobody on staff signs in as nobody@"):
        call_command("protocol", "replay", str(blind), reader="nobody@plumbline.example")


def test_a_form_under_an_earlier_protocol_is_judged_by_it(location, blind, capsys):
    """With the questions of that day, and by an emergency rule of today where it knew none (decision 0010)."""
    intake = unfinished(location, {"age": 44})
    earlier = texts_of_day("2026-11-28")
    version = ProtocolVersion.objects.create(digest=load_texts(earlier).digest, label="Sample 1", content=earlier)
    Intake.objects.filter(pk=intake.pk).update(protocol=version, answers=SPEECH)
    assert "-stroke_tia, emergency -> routine" in told(capsys, blind)


def test_a_form_whose_protocol_cannot_be_read_is_judged_by_what_still_fits(location, blind, capsys):
    """As it would be if the patient came back to it now."""
    intake = unfinished(location, {"age": 44})
    version = ProtocolVersion.objects.create(digest="0" * 64, label="Very old", content={})
    Intake.objects.filter(pk=intake.pk).update(protocol=version, answers=SPEECH | {"retired": "yes"})
    assert "-stroke_tia, emergency -> routine" in told(capsys, blind)


def test_what_was_sent_under_a_protocol_that_cannot_be_read_is_said_to_be_not_judged(location, blind, capsys):
    intake = sent(location, HEEL_PAIN | {"emergency_now": ["speech_trouble"]})
    version = ProtocolVersion.objects.create(digest="0" * 64, label="Very old", content={})
    AnswerCode.objects.filter(pk=intake.pk).update(protocol=version)
    said = told(capsys, blind)
    assert "NOT JUDGED: 1 sent under protocol Very old 000000000000" in said
    assert "Nothing else would change." in said


def test_a_form_sent_while_the_replay_runs_is_named_once(location, blind):
    """Unfinished ones are read first: rather twice than not at all, and then as sent."""
    intake = unfinished(location, HEEL_PAIN | {"emergency_now": ["speech_trouble"]})

    before = replaying.slices(1)
    keep_code(factories.assessment(intake))
    found = replaying.Found()
    workshop = replaying.Workshop(triage.load(blind), explain=False)
    pieces = [*before, *replaying.slices(1)[len(before) :]]
    workshop.prepare(pieces)
    for piece in pieces:
        found.add(workshop.run(piece))
    assert len(found.changes) == 2
    found.settle()
    assert found.standing_of() == {intake.pk: replaying.FormStanding.SENT}


def test_unfinished_forms_are_replayed_a_few_at_a_time(location, blind, monkeypatch):
    """The rows held at once do not grow with the number of forms."""
    monkeypatch.setattr(replaying, "AT_ONCE", 2)
    held = []
    monkeypatch.setattr(
        replaying, "stored_rows", lambda rows, real=replaying.stored_rows: held.append(len(rows)) or real(rows)
    )
    for age in range(40, 45):
        unfinished(location, SPEECH | {"age": age})
    found = replaying.replay_all(triage.load(blind))
    assert held == [2, 2, 1]
    assert [change.tier_before.word for change in found.changes] == ["emergency"] * 5


def test_an_empty_clinic_says_so(db, changed, capsys):
    call_command("protocol", "replay", str(changed), processes=1)
    assert "Nothing would change." in capsys.readouterr().out


def test_a_protocol_with_a_defect_is_not_replayed(db, tmp_path):
    folder = tmp_path / "broken"
    shutil.copytree(triage.shipped().folder, folder)
    facts = folder / "facts.yaml"
    facts.write_text(facts.read_text().replace("onset_when:under_48h", "onset_when:under_47h", 1))
    with pytest.raises(CommandError, match=r"facts\.yaml.*under_47h"):
        call_command("protocol", "replay", str(folder), processes=1)


def test_the_stored_codes_are_verified_against_the_assessments(stored, capsys):
    """The few bytes are a copy; the record is the JSON. A copy that differs is found and mended."""
    call_command("answer_codes")
    assert "Every submitted intake has its code" in capsys.readouterr().out
    row = AnswerCode.objects.first()
    AnswerCode.objects.filter(pk=row.pk).update(urgency=(row.urgency + 1) % 4)
    with pytest.raises(SystemExit):
        call_command("answer_codes")
    call_command("answer_codes", rebuild=True)
    row.refresh_from_db()
    call_command("answer_codes")
    assert row.urgency == row.intake.assessments.last().urgency


def test_extra_work_is_told_by_the_week(stored, changed):
    Intake.objects.update(submitted_at=timezone.now())
    found = replaying.replay_all(triage.load(changed))
    told = "\n".join(replay_report.lines(found, triage.load(changed), weeks=2))
    moved = [c for c in found.changes if c.tier_before != c.tier_after]
    assert ("Extra cases a week" in told) == bool(found.changes)
    assert sum(c.tier_after - c.tier_before for c in moved) <= 0


def test_split_over_workers_it_comes_to_the_same(stored, changed, workers):
    """The tasks carry no answer and no name; what they find is what one process finds."""
    after = triage.load(changed)
    with workers():
        split = replay_workers.replay_on_workers(after, patience=60)
    whole = replaying.replay_all(after)
    assert (split.total, split.changes) == (whole.total, whole.changes)
    assert (split.fires_before, split.fires_after) == (whole.fires_before, whole.fires_after)


def test_without_a_worker_the_command_says_so(stored, changed, monkeypatch):
    monkeypatch.setattr(replay_workers, "PATIENCE", 0.5)
    with pytest.raises(CommandError, match="No Celery worker answers"):
        call_command("protocol", "replay", str(changed), workers=True)
