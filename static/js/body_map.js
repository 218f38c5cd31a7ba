// The drawing of the body and the list below it are one question: pressing a shape presses its checkbox, and a
// checkbox, however it was changed, marks all its shapes. The list alone is the whole question without scripts.
addEventListener("DOMContentLoaded", () => {
  const drawing = document.querySelector("[data-body-drawing]");
  if (!drawing) return;
  const shapes = [...drawing.querySelectorAll("svg a")];
  const boxOf = (shape) => document.getElementById(shape.getAttribute("href").slice(1));
  const said = drawing.querySelector("[data-said]");

  // On a phone one view at a time.
  const tabs = drawing.querySelector("[data-tabs]");
  const show = (group) => {
    for (const view of drawing.querySelectorAll("[data-view]")) view.classList.toggle("is-away", view.dataset.view !== group);
    for (const tab of tabs.children) tab.setAttribute("aria-pressed", tab.dataset.show === group);
  };
  tabs.hidden = false;
  tabs.addEventListener("click", ({ target }) => { if (target.dataset.show) show(target.dataset.show); });

  const nameOf = (box) => {
    const label = document.querySelector(`label[for="${box.id}"]`).firstChild.textContent.trim();
    const place = box.closest(".body-place").querySelector("p");
    return place ? `${place.textContent}, ${label.toLowerCase()}` : label;
  };

  const draw = (shape) => {
    const on = boxOf(shape).checked;
    if (shape.classList.contains("is-on") === on) return;
    shape.classList.toggle("is-on", on);
    const outline = document.querySelector(shape.firstElementChild.getAttribute("href"));
    const [x, y] = outline.dataset.at.split(" ");
    const at = shape.parentNode.hasAttribute("transform") ? -x : x;
    const marks = shape.closest("svg").querySelector("[data-marks]");
    const there = marks.querySelector(`[x="${at}"][y="${y}"]`);
    if (!on) { there?.remove(); return; }
    const mark = document.createElementNS("http://www.w3.org/2000/svg", "use");
    for (const [name, value] of Object.entries({ href: "#o-mark", x: at, y })) mark.setAttribute(name, value);
    marks.append(mark);
  };

  for (const shape of shapes) {
    if (shape.classList.contains("leads")) {
      shape.addEventListener("click", () => show("feet")); // the link itself goes there where all views are shown
      continue;
    }
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = nameOf(boxOf(shape));
    shape.append(title);
    shape.addEventListener("click", (event) => {
      event.preventDefault();
      boxOf(shape).click();
    });
  }

  const bring = () => shapes.filter((shape) => !shape.classList.contains("leads")).forEach(draw);
  document.addEventListener("change", ({ target }) => {
    if (!target.closest(".body-map")) return;
    const own = shapes.filter((shape) => boxOf(shape) === target);
    bring();
    const part = target.closest("details");
    if (part) part.open = part.open || target.checked;
    const count = part?.querySelectorAll("input:checked").length;
    const chip = part?.querySelector(".count");
    if (chip) {
      chip.hidden = !count;
      chip.textContent = count === 1 ? drawing.dataset.one : drawing.dataset.two.replace("2", count);
    }
    said.textContent = `${nameOf(target)}: ${target.checked ? drawing.dataset.marked : drawing.dataset.unmarked}`;
    const groups = own.map((shape) => shape.closest("[data-view]").dataset.view);
    const shown = drawing.querySelector('[aria-pressed="true"]').dataset.show;
    if (groups.length && !groups.includes(shown)) show(groups[0]);
  });

  bring(); // a browser that kept its own checks on the way back
  show(drawing.querySelector(".is-on")?.closest("[data-view]").dataset.view ?? "front");
});
