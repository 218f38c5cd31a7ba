"""The pain guide: the same rules as the intake, nobody named, nothing stored, never a condition."""

import re
import shutil
from html import unescape
from itertools import islice

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import reverse

from intake import triage
from intake.guide import FOLDER, guide, load
from intake.guide.forms import SoFar
from intake.guide.walk import answers_of, next_step, result
from intake.questionnaire.forms import as_sent
from intake.triage import ProtocolError, Urgency
from intake.triage.checking.cases import Block, changed, read_cases
from intake.triage.reading.loading import SHIPPED
from tests.protocol.cases import FIRST
from tests.source import one_line

PROTOCOL = triage.shipped()
SMALL = {"age": 45, "pain_worst": 4, "worry_level": 2, "move_fear": 2}


def calm(name):
    """The least worrying answer to a question that a case says nothing about."""
    question = PROTOCOL.questions[name]
    if question.type in ("integer", "scale_0_10"):
        return SMALL.get(name, question.bounds[0])
    if question.type == "boolean":
        return False
    quiet = ("none", "no", "never", "normal", "ok", "same", "weeks_6_to_12", "gradual", "dull_ache", "comes_and_goes")
    option = next((one for one in quiet if one in question.option_ids), question.option_ids[0])
    return [option] if question.takes_many else option


def answer(name, told):
    return told.get(name, calm(name))


def walks(areas, told):
    """The answers somebody gives who goes through the guide, page by page."""
    given = {}
    for _page in range(60):
        asked = next_step(PROTOCOL, answers_of(guide(), areas, given)).questions
        if not asked:
            return given
        given |= {name: answer(name, told) for name in asked}
    raise AssertionError("the guide never ends")


def whole_intake(areas, told):
    """The same person through every page of the intake."""
    answers = answers_of(guide(), areas, {})
    while waiting := triage.next_questions(PROTOCOL, answers):
        required = [name for name in waiting if PROTOCOL.questions[name].required]
        if not required:
            return answers
        page = next(page for page in triage.pages(PROTOCOL) if required[0] in page.questions)
        answers |= {name: answer(name, told) for name in required if name in page.questions}
    return answers


def areas_of(answers) -> tuple[str, ...]:
    places = {re.sub(r"_(left|right|mid)$", "", one) for one in answers.get("pain_regions", ())}
    mine = {
        re.sub(r"_(left|right|mid)$", "", region): name for name, a in guide().areas.items() for region in a.regions
    }
    return tuple(dict.fromkeys(mine[place] for place in sorted(places) if place in mine))


def red_flags():
    """Every case beside the emergency and urgent rules that marks a place the guide knows, and every vignette."""
    for block in read_cases(SHIPPED):
        if isinstance(block, Block) and block.tier in ("emergency", "urgent"):
            changes = [{}, *block.told.get("also_fires", ()), *block.told.get("just_misses", ())]
            for number, change in enumerate(changes):
                yield f"{block.about}-{number}", changed(block.answers, change)
    for one in FIRST:
        yield one["id"], one["answers"]


def test_the_guide_comes_to_the_tier_of_the_whole_intake():
    """Fewer questions, same emergencies and same calls today: none missed, none made up.

    One in forty of some 850 cases; all of them with `one_in=1`.
    """
    wrong, seen, one_in = [], 0, 40
    for name, told in islice(red_flags(), 0, None, one_in):
        areas = areas_of(told)
        if not areas:
            continue
        seen += 1
        found = result(PROTOCOL, guide(), areas, answers_of(guide(), areas, walks(areas, told))).urgency
        expected = triage.screen(PROTOCOL, whole_intake(areas, told)).urgency
        if max(found, Urgency.SOON) != max(expected, Urgency.SOON):
            wrong.append((name, areas, expected.word, found.word))
    assert seen > 18
    assert wrong == []


@pytest.mark.parametrize("area", guide().areas)
def test_the_way_is_short_when_nothing_is_wrong(area):
    pages, given = 0, {}
    while asked := next_step(PROTOCOL, answers_of(guide(), (area,), given)).questions:
        given |= {name: calm(name) for name in asked}
        pages += 1
    assert pages <= 20
    assert result(PROTOCOL, guide(), (area,), answers_of(guide(), (area,), given)).urgency <= Urgency.SOON


# The pages -----------------------------------------------------------------------------------------------------------


class Reader:
    """A browser that follows the guide by what its pages hold."""

    def __init__(self):
        self.client = Client()
        self.page = self.client.get(reverse("guide"))

    @property
    def html(self):
        return one_line(self.page.content.decode())

    @property
    def text(self):
        main = re.search(r"(?s)<main.*</main>", self.html)[0]
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())

    @property
    def so_far(self):
        return re.search(r'name="so_far" value="([^"]*)"', self.html)[1]

    @property
    def asks(self):
        return re.findall(r'id="div_id_(\w+)"', self.html)

    def sends(self, **data):
        self.page = self.client.post(reverse("guide"), {"so_far": self.so_far} | data)
        return self

    def answers(self, **told):
        sent = {}
        for name in self.asks:
            sent |= as_sent(PROTOCOL.questions[name], answer(name, told))
        return self.sends(**sent)

    def goes_to_the_end(self, *areas, **told):
        self.sends(areas=list(areas))
        while self.asks:
            self.answers(**told)
            assert self.page.status_code == 200, self.asks
        return self


@pytest.fixture
def reader(location):
    return Reader()


def rows() -> dict:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_nothing_is_written_and_nothing_is_in_an_address(reader):
    before = rows()
    reader.goes_to_the_end("foot", "neck")
    assert "What we can do for you" in reader.text
    Reader().goes_to_the_end("low_back", emergency_now=["lost_control"])
    assert rows() == before
    assert set(reader.client.cookies) == {settings.CSRF_COOKIE_NAME}
    assert re.findall(r'<form method="post" id="guide" action="([^"]*)"', reader.html) == [reverse("guide")]


def test_an_emergency_ends_the_questions_at_once(reader):
    reader.sends(areas=["low_back"])
    assert reader.asks == ["emergency_now"]
    reader.answers(emergency_now=["lost_control"])
    assert "Call 911 now or go to the nearest" in reader.text
    assert "Nobody is reading this" in reader.text
    assert "Do not drive yourself" in reader.text
    assert reverse("intake_start") not in reader.html


def test_an_emergency_is_told_though_none_of_these_is_checked_too(reader):
    reader.sends(areas=["low_back"]).sends(emergency_now=["saddle_numb", "none"])
    assert "Call 911 now or go to the nearest" in reader.text


def test_an_emergency_is_told_though_another_answer_of_the_page_is_missing(reader):
    """Jaw or arm discomfort on effort is one from the age of 40."""
    reader.sends(areas=["foot"]).sends(emergency_now=["effort_jaw_arm"])
    assert reader.asks == ["age", "sex_at_birth"]
    reader.sends(age="60")
    assert "Call 911 now or go to the nearest" in reader.text


def test_the_emergency_page_has_one_way_on_which_leads_back_to_the_answer(reader):
    reader.sends(areas=["low_back"]).answers(emergency_now=["lost_control"])
    main = reader.html.split("<main")[1].split("</main>")[0]
    assert re.findall(r'href="([^"]+)"', main) == ["tel:911"]
    assert re.findall(r"<button[^>]*>([^<]+)", main) == ["I have read this"]
    assert reader.sends(back="1").asks == ["emergency_now"]


def test_thoughts_of_self_harm_and_the_body_are_told_apart():
    given = {"emergency_now": ["saddle_numb"], "worry_level": 9, "low_mood": "every_day", "self_harm": "thoughts"}
    found = result(PROTOCOL, guide(), ("foot",), answers_of(guide(), ("foot",), given))
    assert (found.bodily, found.self_harm) == (Urgency.EMERGENCY, Urgency.URGENT)


def test_a_call_today_holds_no_booking(reader):
    reader.goes_to_the_end("leg", calf_signs=["one_calf_swollen"], onset_when="days_2_to_7", recent_events=["surgery"])
    assert "Call us today" in reader.text, reader.text
    assert reverse("intake_start") not in reader.html


def test_a_danger_sign_that_no_rule_used_is_a_call_today_because_nobody_reads_the_guide(tmp_path, reader, monkeypatch):
    folder = shutil.copytree(SHIPPED, tmp_path / "protocol")
    veins = '- answers: area_look:veins\n  severity: serious\n  why: "For this test."\n'
    (folder / "alarms.yaml").write_text(veins)
    given = answers_of(guide(), ("leg",), {"area_look": ["veins"]})
    found = result(triage.load(folder), guide(), ("leg",), given)
    assert found.alarmed
    assert found.reasons == {"area_look": ("veins",)}
    assert (found.self_care, found.options, found.specialists) == ((), (), ())
    assert not result(PROTOCOL, guide(), ("leg",), given).alarmed

    monkeypatch.setattr("intake.guide.views.result", lambda *_: found)
    reader.goes_to_the_end("foot")
    assert "Call us today" in reader.text
    assert reverse("intake_start") not in reader.html


def test_thoughts_of_hurting_oneself_name_988(reader):
    reader.sends(areas=["neck"])
    for _page in range(30):
        if not reader.asks:
            break
        reader.answers(worry_level=10, activities_limited=["sleep"], low_mood="most_days", self_harm="plan_now")
    assert "988" in reader.text


def test_back_leads_to_the_page_before_with_its_answers(reader):
    reader.sends(areas=["foot"]).answers()
    second = reader.asks
    reader.answers(age=63)
    assert reader.asks != second
    reader.sends(back="1")
    assert reader.asks == second
    assert 'value="63"' in reader.html
    reader.sends(back="1")
    assert reader.asks == ["emergency_now"]
    assert re.search(r'value="none"[^>]*checked', reader.html)
    reader.sends(back="1")
    assert re.search(r'value="foot"[^>]*checked', reader.html)


def test_the_switch_keeps_the_page_and_what_was_chosen(reader):
    reader.sends(areas=["foot"]).answers()
    reader.sends(age="63", language="es")
    assert '<html lang="es"' in reader.html
    assert 'value="63"' in reader.html
    assert reader.client.get(reverse("guide")).content.decode().count('<html lang="es"') == 1


def test_a_slip_is_said_at_its_question(reader):
    assert reader.sends().page.status_code == 422
    assert "Check at least one place." in reader.text
    reader.sends(areas=["foot"])
    assert reader.sends(emergency_now=["none", "fainted"]).page.status_code == 422
    assert "cannot go together" in reader.text
    assert reader.sends(emergency_now=["no_such"]).page.status_code == 422


@pytest.mark.parametrize(
    ("step", "given"),
    [("gone", {"gone": "x"}), ("emergency_now", {"emergency_now": ["gone"]}), ("age", {"age": "old"}), ("gone", {})],
)
def test_a_page_of_a_protocol_before_begins_again(reader, step, given):
    so_far = SoFar((next(iter(guide().areas)),), [(step,)], given).text()
    page = reader.client.post(reverse("guide"), {"so_far": so_far})
    assert page.status_code == 422
    assert 'name="areas"' in page.content.decode()


@pytest.mark.parametrize("so_far", ["", "x", "a:b:c", "\x00", "9" * 5000])
def test_what_was_not_carried_by_us_begins_again(reader, so_far):
    reader.page = reader.client.post(reverse("guide"), {"so_far": so_far, "emergency_now": "none"})
    assert reader.page.status_code == 422
    assert reader.asks == ["areas"]
    forged = SoFar(["no_such_area"]).text()
    assert reader.client.post(reverse("guide"), {"so_far": forged}).status_code == 422


# What it says --------------------------------------------------------------------------------------------------------

PLAIN = {"cover", "needs", "doctor", "posture", "wound", "present", "trouble", "problem", "local", "other", "itself"}
PLAIN |= {"movement", "step"}  # conditions said in plain words, such as "cannot take 4 steps"
WORD = re.compile(r"[a-z][a-z-]{3,}")
FORBIDDEN = re.compile(
    r"\b(you have (a|an|the)|you are fine|nothing serious|probably|diagnos|harmless|sciatica|plantar fasci|neuroma|"
    r"stenosis|hernia|neuropath|arthritis|tumou?r|cancer|fracture|radicul|myelopath|claudication|ischemi|syndrome|"
    r"es grave|probablemente|ciática|fascitis|artritis|tumor|cáncer|fractura|no es nada)",
    re.IGNORECASE,
)


def patient_words() -> set[str]:
    """Every word of the protocol's own questions and advice: patients read those, so they name no condition."""
    texts = [
        text for one in PROTOCOL.questions.values() for text in (one.text, one.help, *(o.label for o in one.options))
    ]
    wording = PROTOCOL.wording
    texts += [one.text for one in (*wording.listed_signs.values(), *wording.self_care.values())] + [wording.everyone]
    texts += list(PROTOCOL.specialists.values())
    return {word for text in texts for word in WORD.findall(text.lower())}


def names_of_conditions() -> set[str]:
    texts = [rule.condition for rule in PROTOCOL.rules.values()] + [one.label for one in PROTOCOL.origins.values()]
    return {word for text in texts for word in WORD.findall(text.lower())} - patient_words() - PLAIN


def own_words(html) -> str:
    """A result page without what the reader answered and without the protocol's own questions."""
    main = re.search(r"(?s)<main.*</main>", html)[0]
    without = re.sub(r'(?s)<dl class="(summary|hours)">.*?</dl>', " ", main)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", without)).split())


ENDS = [{}, {"diabetes_foot": "lost_feeling", "symptom_quality": ["numb"]}, {"medicines": ["blood_thinner"]}]
ENDS += [{"emergency_now": ["cold_pale_limb"]}, {"emergency_now": ["unsure"]}, {"general_signs": ["unsure"]}]


@pytest.mark.parametrize("area", guide().areas)
def test_no_page_names_a_condition_or_calms_anybody(location, area):
    browser = Client()
    for told in ENDS:
        given = walks((area,), told)
        so_far = SoFar((area,), [tuple(given)], given).text()
        for language, conditions in (("en", names_of_conditions()), ("es", set())):
            page = browser.post(reverse("guide"), {"so_far": so_far, "language": language}).content.decode()
            assert 'id="div_id_' not in page, "not at the end"
            said = own_words(page)
            assert FORBIDDEN.findall(said) == [], told
            assert set(WORD.findall(said.lower())) & conditions == set(), told


def test_what_a_hold_forbids_is_not_offered():
    quiet = {"symptom_quality": ["dull_ache"], "medicines": ["none"]}
    told = quiet | {"medicines": ["blood_thinner"]}

    def options(answers):
        return result(PROTOCOL, guide(), ("foot",), answers_of(guide(), ("foot",), answers)).options

    assert "needling" in options(quiet)
    assert "needling" not in options(told)
    numb = result(PROTOCOL, guide(), ("foot",), answers_of(guide(), ("foot",), {"symptom_quality": ["numb"]}))
    assert "cold_and_hot" not in numb.self_care
    assert "needling" not in numb.options


# Its files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("areas.yaml", "heel_left", "heel_lefft", "place of the body map"),
        ("areas.yaml", "[local_other_msk, cervical_radicular]", "[local_other]", "row of the routing"),
        ("areas.yaml", "[no_loading, no_hands_on]", "[no_lifting]", "is no hold"),
        ("areas.yaml", "  foot:\n    label:", "  foot:\n    hint: x\n    label:", "not known here"),
        ("areas.yaml", "\nself_care:", "\nself_cure:", "missing"),
        ("es.yaml", "  knee:", "  kneee:", "not in the English file"),
        ("es.yaml", 'label: "Pie"', 'label: ""', "is empty"),
    ],
)
def test_a_mistake_in_the_files_is_named_and_nothing_is_loaded(tmp_path, file, old, new, said):
    for name in ("areas.yaml", "es.yaml"):
        text = (FOLDER / name).read_text()
        if name == file:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / name).write_text(text)
    with pytest.raises(ProtocolError, match=said):
        load(tmp_path, PROTOCOL)


def test_the_clinics_first_page_leads_to_the_guide(client, location):
    assert f'href="{reverse("guide")}"' in client.get(reverse("home")).content.decode()
