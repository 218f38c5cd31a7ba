// What somebody of the staff typed into a form and did not send stands in it again. Without scripts it stands above it.
const putBack = (field, values) => {
  if (field.type === "hidden" || field.type === "file") return;
  if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
  else if (field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
  else [field.value] = values;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
};
addEventListener("DOMContentLoaded", () => {
  for (const note of document.querySelectorAll("[data-typed]")) {
    const typed = JSON.parse(note.dataset.typed);
    for (const field of note.closest("form").elements) if (field.name in typed) putBack(field, typed[field.name]);
    note.querySelector("[data-typed-lines]").hidden = true;
    note.querySelector("[data-typed-back]").hidden = false;
  }
});

// Shortcuts, by the list that stands on the page. A key does nothing while somebody types, or in a dialog.
addEventListener("DOMContentLoaded", () => {
  const list = document.querySelector("dialog[data-shortcuts]");
  if (!list?.showModal) return;
  const show = () => list.showModal();
  const step = (by) => {
    const rows = [...document.querySelectorAll("main table tbody tr")].filter((row) => row.querySelector("a[href]"));
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const next = here < 0 ? (by > 0 ? 0 : rows.length - 1) : here + by;
    rows[next]?.querySelector("a[href]").focus();
  };
  const acts = {
    list: show,
    find: () => document.getElementById("bar-find")?.focus(),
    down: () => step(1),
    up: () => step(-1),
    decide: () => document.getElementById("decide-here")?.focus(),
  };
  const keys = Object.fromEntries([...list.querySelectorAll("[data-does]")].map((key) => [key.textContent, key.dataset.does]));
  document.querySelector("[data-shows-shortcuts]")?.addEventListener("click", (event) => {
    event.preventDefault();
    show();
  });
  if (list.dataset.shortcuts !== "on") return;
  document.addEventListener("keydown", (event) => {
    const held = event.ctrlKey || event.altKey || event.metaKey || event.isComposing;
    if (held || event.target.closest?.("input, select, textarea, dialog[open], [contenteditable]")) return;
    const act = acts[keys[event.key]];
    if (!act) return;
    event.preventDefault();
    act();
  });
});
