"""The windows of the journeys are awake: a page with one thing wrong ends the journey with words about it."""

import pytest

from tests.journeys.screens import Screen

pytestmark = pytest.mark.journey

HOME = "http://clinic.test"
GOOD = '<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1>{}</main></html>'


@pytest.fixture
def window(new_context):
    """A patient's window on a clinic whose only page has `content` in it, sent with `policy`."""

    def opened(content, policy, *, scripts=True):
        phone = {"viewport": {"width": 360, "height": 780}}
        context = new_context(java_script_enabled=scripts, **phone)
        headers = {"Content-Security-Policy": policy, "Content-Type": "text/html"}
        context.route("**/*", lambda route: route.fulfill(body=GOOD.format(content), headers=headers))
        return Screen(context, HOME, mirror=None if scripts else new_context(**phone))

    return opened


@pytest.mark.parametrize(
    ("content", "policy", "complaint"),
    [
        ('<img src="/drawing">', "", "image-alt at img"),
        ('<p><a href="/x"></a></p>', "", "link-name at a"),
        ("<pre>{}</pre>".format("wide " * 100), "", "scrolls sideways"),
        ("<script>console.error('it broke')</script>", "", "it broke"),
        ("<script>no.such.thing</script>", "", "script error"),
        ('<p style="color: red">Red</p>', "default-src 'self'", "Content Security Policy"),
        ('<script src="http://elsewhere.test/x.js"></script>', "", "another host: http://elsewhere.test/x.js"),
    ],
)
def test_one_thing_wrong_ends_the_journey(window, content, policy, complaint):
    with pytest.raises(AssertionError, match=complaint):
        window(content, policy).opens("/")


def test_without_scripts_axe_looks_at_the_page_as_well(window):
    window("<p>Fine</p>", "", scripts=False).opens("/")
    with pytest.raises(AssertionError, match="image-alt at img"):
        window('<img src="/drawing">', "", scripts=False).opens("/")


def test_another_status_and_an_unread_page_are_said(window):
    with pytest.raises(AssertionError, match="answered 200, not 404"):
        window("", "").opens("/", status=404)
    hasty = window("", "")
    hasty.page.goto(HOME + "/unread/")
    with pytest.raises(AssertionError, match="nobody looked at"):
        hasty.leaves()
