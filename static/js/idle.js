// An open form that nobody uses closes. Two minutes before, a dialog asks; one press, or going on typing, puts it off.
// The server keeps the time as well: this only makes it known. Pages of the staff do the same, all windows of a browser
// together: using one keeps the others open, and whoever signs out in one closes all.
addEventListener("DOMContentLoaded", () => {
  const dialog = document.querySelector("dialog[data-idle]");
  if (!dialog?.showModal) return;
  const limit = dialog.dataset.idle * 1000;
  const warnedFor = dialog.dataset.warnedFor * 1000;
  const form = dialog.querySelector("form");
  const ofStaff = "staff" in dialog.dataset;
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel(ofStaff ? "staff-idle" : "idle") : null;
  let ends = Date.now() + limit;

  const putOff = () => {
    ends = Date.now() + limit;
    if (dialog.open) dialog.close();
    dialog.hidden = true;
  };
  const leave = () => location.replace(dialog.dataset.resume);
  const stay = async () => {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (answer.status !== 204) return leave();
    tabs?.postMessage("stay");
    putOff();
  };
  if (tabs) tabs.onmessage = ({ data }) => (data === "left" ? leave() : putOff());
  if (ofStaff) tabs?.postMessage("stay"); // whoever opens a page is there
  document.addEventListener("submit", ({ target }) => {
    if ("signsOut" in target.dataset) tabs?.postMessage("left");
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation(); // it sends no answers
    stay();
  });
  dialog.addEventListener("cancel", stay);

  // Whoever types or presses is there.
  let told = Date.now();
  const used = ({ target }) => {
    if (dialog.open || dialog.contains(target) || Date.now() - told < Math.min(60000, limit / 4)) return;
    told = Date.now();
    stay();
  };
  for (const sign of ["input", "keydown", "pointerdown"]) document.addEventListener(sign, used);
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful && !ofStaff) putOff(); // there it is the page itself that asks
  });

  const look = () => {
    const left = ends - Date.now();
    if (left <= -2000) return leave(); // the server counts whole seconds, and must not find the form still open
    if (left > warnedFor || dialog.open) return;
    dialog.hidden = false;
    dialog.showModal();
  };
  setInterval(look, Math.min(1000, limit / 20));
  document.addEventListener("visibilitychange", look);
  addEventListener("pageshow", look); // also one the browser kept as it was
});
