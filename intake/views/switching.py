"""The language switch on a page with a form is a button of that form, so that what was typed goes along.

Works without scripts. The template names its form where it includes `parts/_language.html`; the view is decorated and
shows its form again as it was left.
"""

from functools import partial, wraps

from django.conf import settings
from django.forms.utils import ErrorDict
from django.utils import translation

from intake.draft import speak

NAME = "speak"


def keeps_typed(view=None, *, name=NAME):
    """`request.switched` is True when the switch was pressed: the view shows the form and saves nothing.

    The page shown is in the chosen language, and so is every page after it. `name`: the button's name.
    """
    if view is None:
        return partial(keeps_typed, name=name)

    @wraps(view)
    def switching(request, *args, **kwargs):
        language = request.POST.get(name, "")
        request.switched = language in dict(settings.LANGUAGES)
        if not request.switched:
            return view(request, *args, **kwargs)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        return speak(view(request, *args, **kwargs), language)

    return switching


def as_left(form):
    """The form with what was typed into it, not judged. It is only to be shown."""
    form._errors, form.cleaned_data = ErrorDict(), {}
    return form
