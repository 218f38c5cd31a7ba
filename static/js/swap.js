// After htmx has changed a part of the page, focus goes where reading should go on:
// the error summary, else the element marked data-focus in the new part. A polled list has neither and keeps focus.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const place = detail.elt?.querySelector?.("[data-error-summary], [data-focus]");
  if (!place) return;
  if (!place.matches("a[href], button, input, select, textarea, [tabindex]")) place.tabIndex = -1;
  place.focus();
});

// A lost connection or a refused answer is said aloud instead of leaving a silent page.
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, () => {
    let note = document.getElementById("swap-failed");
    if (!note) {
      note = document.createElement("div");
      note.id = "swap-failed";
      note.className = "notice notice-bad";
      note.setAttribute("role", "alert");
      document.querySelector("main .wrap").prepend(note);
    }
    note.textContent = document.querySelector("meta[name=swap-failed]").content;
  });
}
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful) document.getElementById("swap-failed")?.remove();
});
