// Shows how far an upload is. Without scripts the form is sent as any other.

const percent = (part, whole) => Math.floor((100 * part) / (whole || 1));

const shown = (form) => {
  let place = form.querySelector("[data-progress]");
  if (!place) {
    place = document.createElement("div");
    place.dataset.progress = "";
    place.className = "upload";
    place.append(document.createElement("p"), document.createElement("progress"));
    place.firstChild.setAttribute("role", "status");
    place.lastChild.max = 100;
    place.lastChild.className = "share";
    place.lastChild.setAttribute("aria-label", form.dataset.sending);
    form.querySelector(".actions").before(place);
  }
  return place;
};

const say = (form, words, value) => {
  const [text, bar] = shown(form).children;
  if (text.textContent !== words) text.textContent = words;
  bar.hidden = value === null;
  if (value === undefined) bar.removeAttribute("value");
  else if (value !== null) bar.value = value;
};

// The page that came back, be it the list with the new file or the form with its errors, takes the place of this one.
const replace = (html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.querySelector("main");
  if (!main) return location.reload();
  document.title = page.title;
  document.querySelector("main").replaceWith(document.importNode(main, true));
  const place = document.querySelector("[data-error-summary]") ?? document.querySelector("main h1");
  if (!place.matches("[tabindex]")) place.tabIndex = -1;
  place.focus();
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("upload" in form.dataset) || event.defaultPrevented) return;
  if (form.dataset.busy) return event.preventDefault();
  if (![...form.querySelectorAll("input[type=file]")].some((input) => input.files.length)) return;
  event.preventDefault();
  form.dataset.busy = "yes";
  const request = new XMLHttpRequest();
  request.open("POST", form.action || location.href);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    if (loaded < total) say(form, form.dataset.sending, percent(loaded, total));
    else say(form, form.dataset.checking);
  });
  request.upload.addEventListener("load", () => say(form, form.dataset.checking));
  const failed = () => {
    delete form.dataset.sent;
    delete form.dataset.busy;
    say(form, form.dataset.failed, null);
  };
  request.addEventListener("error", failed);
  request.addEventListener("timeout", failed);
  request.addEventListener("load", () => (request.status < 500 ? replace(request.responseText) : failed()));
  say(form, form.dataset.sending, 0);
  request.send(new FormData(form, event.submitter));
});
