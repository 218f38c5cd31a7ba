// The drawing of the body, the names below it and the list are one question: pressing a shape presses its checkbox,
// and a checkbox, however it was changed, marks all its shapes. The list alone is the whole question without scripts.
addEventListener("DOMContentLoaded", () => {
  const drawing = document.querySelector("[data-body-drawing]");
  if (!drawing) return;
  const shapes = [...drawing.querySelectorAll("svg a:not(.leads)")];
  const boxOf = (shape) => document.getElementById(shape.getAttribute("href").slice(1));
  const boxes = [...document.querySelectorAll(".body-map input")];
  const said = drawing.querySelector("[data-said]");
  const chips = drawing.querySelector("[data-chips]");

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

  const outlineOf = (shape) => document.querySelector(shape.firstElementChild.getAttribute("href"));

  const draw = (shape) => {
    const on = boxOf(shape).checked;
    if (shape.classList.contains("is-on") === on) return;
    shape.classList.toggle("is-on", on);
    const [x, y] = outlineOf(shape).dataset.at.split(" ");
    const at = shape.parentNode.hasAttribute("transform") ? -x : x;
    const marks = shape.closest("svg").querySelector("[data-marks]");
    const there = marks.querySelector(`[x="${at}"][y="${y}"]`);
    if (!on) { there?.remove(); return; }
    const mark = document.createElementNS("http://www.w3.org/2000/svg", "use");
    for (const [name, value] of Object.entries({ href: "#o-mark", x: at, y })) mark.setAttribute(name, value);
    marks.append(mark);
  };

  // The names of what is marked, each to take it away again.
  const chip = (box) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.box = box.id;
    const cross = document.createElement("span");
    cross.setAttribute("aria-hidden", "true");
    cross.textContent = "×";
    const remove = document.createElement("span");
    remove.className = "visually-hidden";
    remove.textContent = `, ${drawing.dataset.remove}`;
    button.append(nameOf(box), cross, remove);
    const item = document.createElement("li");
    item.append(button);
    return item;
  };
  const list = () => chips.replaceChildren(...boxes.filter((box) => box.checked).map(chip));
  chips.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    const at = [...chips.children].indexOf(button.parentNode);
    document.getElementById(button.dataset.box).click();
    const next = chips.children[Math.min(at, chips.children.length - 1)];
    (next?.firstElementChild ?? document.querySelector(".body-map summary")).focus();
  });

  // A finger covers 44 pixels. Where a place is smaller, its neighbours are hit as easily: the link then leads to its
  // line in the list, where all of them have their names.
  const finger = matchMedia("(pointer: coarse)");
  const small = (shape) => outlineOf(shape).dataset.at.split(" ")[2] * shape.closest("svg").getScreenCTM().a < 44;
  for (const shape of shapes) {
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = nameOf(boxOf(shape));
    shape.append(title);
    shape.addEventListener("click", (event) => {
      if (finger.matches && small(shape)) { boxOf(shape).closest("details").open = true; return; }
      event.preventDefault();
      boxOf(shape).click();
    });
  }
  for (const shape of drawing.querySelectorAll(".leads")) {
    shape.addEventListener("click", () => show("feet")); // the link itself goes there where all views are shown
  }

  const bring = () => { shapes.forEach(draw); list(); };
  document.addEventListener("change", ({ target }) => {
    if (!target.closest(".body-map")) return;
    const own = shapes.filter((shape) => boxOf(shape) === target);
    bring();
    const part = target.closest("details");
    if (part) part.open = part.open || target.checked;
    const count = part?.querySelectorAll("input:checked").length;
    const counted = part?.querySelector(".count");
    if (counted) {
      counted.hidden = !count;
      counted.textContent = count === 1 ? drawing.dataset.one : drawing.dataset.two.replace("2", count);
    }
    said.textContent = `${nameOf(target)}: ${target.checked ? drawing.dataset.marked : drawing.dataset.unmarked}`;
    const groups = own.map((shape) => shape.closest("[data-view]").dataset.view);
    const shown = drawing.querySelector('[aria-pressed="true"]').dataset.show;
    if (groups.length && !groups.includes(shown)) show(groups[0]);
  });

  bring(); // a browser that kept its own checks on the way back
  show(drawing.querySelector(".is-on")?.closest("[data-view]").dataset.view ?? "front");
});
