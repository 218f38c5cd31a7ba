// Small helps on every page. Each works on what the server has already made usable without scripts.

// An error summary takes focus, so that a screen reader starts there.
const focusErrors = (root) => root.querySelector("[data-error-summary]")?.focus();

// "None of these" clears the other boxes of its group, and any other box clears it.
document.addEventListener("change", ({ target }) => {
  if (target.type !== "checkbox" || !target.checked) return;
  const group = target.closest("fieldset") ?? target.form;
  for (const box of group?.querySelectorAll("input[type=checkbox]") ?? []) {
    if (box === target || box.name !== target.name || !box.checked) continue;
    if ("exclusive" in target.dataset || "exclusive" in box.dataset) {
      box.checked = false;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
});

// Leaving a page with answers that were not sent: a form that says where they may be kept sends them there, to be
// offered again; any other asks first. Nothing is kept in the browser.
// A form of the staff sends them while they are typed as well, and another form that is sent leaves them as they are.
const unsent = new Set();
const keeps = (form) => form.dataset.unsentTo && navigator.sendBeacon;
const isKeptAsTyped = (form) => "asTyped" in form.dataset;
const sendAside = (form) => keeps(form) && navigator.sendBeacon(form.dataset.unsentTo, new FormData(form));
const keep = () => {
  for (const form of unsent) if (sendAside(form)) unsent.delete(form);
};
let pause = 0;
const whileTyping = () => {
  clearTimeout(pause);
  pause = setTimeout(() => [...unsent].filter(isKeptAsTyped).forEach(sendAside), 3000);
};
document.addEventListener("input", ({ target }) => {
  if (!target.form || !("warnUnsent" in target.form.dataset)) return;
  unsent.add(target.form);
  if (isKeptAsTyped(target.form)) whileTyping();
});
document.addEventListener("submit", ({ target }) => {
  for (const form of unsent) if (form === target || !isKeptAsTyped(form)) unsent.delete(form);
});
addEventListener("beforeunload", (event) => {
  keep();
  if ([...unsent].some((form) => !keeps(form))) event.preventDefault();
});
addEventListener("pagehide", keep); // a phone may say only one of these
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });

// A form is sent once, however often a shaking finger presses. Coming back with "back" opens it again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => { delete form.dataset.sent; }, 5000); // a form that answers with a file leaves the page open
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

addEventListener("DOMContentLoaded", () => {
  focusErrors(document);
  for (const form of document.querySelectorAll("form[data-unsent-now]")) unsent.add(form); // what was refused is not saved either
});
