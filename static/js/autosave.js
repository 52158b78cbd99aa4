// Keep what is typed in a form of staff in this browser until the server has stored it, and offer it back after a crash.
"use strict";

const PREFIX = "faro-typed:";
const SENT = "faro-sent";
const PAUSE = 1000;
const FORGOTTEN_AFTER = 30 * 24 * 60 * 60 * 1000;
const LEFT_OUT = new Set(["csrfmiddlewaretoken", "_save", "_continue", "_addanother", "drop"]);

function forgetOld() {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    if (!(Date.now() - JSON.parse(localStorage[key]).at < FORGOTTEN_AFTER)) localStorage.removeItem(key);
  }
}

function forgetSaved() {
  // Only the server's own word that it saved counts: a log-in page in between is no reason to forget.
  if (document.querySelector(".messagelist .saved") && sessionStorage[SENT]) {
    localStorage.removeItem(sessionStorage[SENT]);
  }
  sessionStorage.removeItem(SENT);
}

function values(form) {
  const kept = {};
  for (const [name, value] of new FormData(form)) {
    const isLeftOut = LEFT_OUT.has(name) || name.startsWith("keep-") || typeof value !== "string";
    if (!isLeftOut) (kept[name] ??= []).push(value);
  }
  return kept;
}

function addRows(form, kept) {
  for (const name of Object.keys(kept).filter((one) => one.endsWith("-TOTAL_FORMS"))) {
    const prefix = name.replace(/-TOTAL_FORMS$/, "");
    const total = form.elements[name];
    for (let tries = 0; total && Number(total.value) < Number(kept[name][0]) && tries < 100; tries += 1) {
      document.querySelector(`#${prefix}-group .add-row a`)?.click();
    }
  }
}

function put(control, wanted) {
  if (control.type === "checkbox" || control.type === "radio") {
    control.checked = wanted.includes(control.value);
  } else if (control.type === "select-multiple") {
    for (const option of control.options) option.selected = wanted.includes(option.value);
  } else {
    control.value = wanted[0] ?? "";
    control.closest(".prose-editor")?.querySelector('[role="textbox"]')?.editor?.commands.setContent(control.value, true);
  }
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

function bringBack(form, kept) {
  addRows(form, kept);
  for (const control of form.elements) {
    const isOwn = control.name && !LEFT_OUT.has(control.name) && control.type !== "file";
    const isCounter = /-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$/.test(control.name ?? "");
    if (isOwn && !isCounter && (control.name in kept || control.type === "checkbox")) {
      put(control, kept[control.name] ?? []);
    }
  }
}

function differ(kept, now) {
  const plain = (all) => JSON.stringify(Object.entries(all).filter(([name]) => name !== "seen").sort());
  return plain(kept) !== plain(now);
}

function offer(box, form, key) {
  const typed = JSON.parse(localStorage[key] ?? "null");
  if (!typed || !differ(typed.values, values(form))) return;
  const when = new Date(typed.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  box.querySelector("[data-when]").textContent = when;
  box.hidden = false;
  box.querySelector("[data-take]").addEventListener("click", () => {
    bringBack(form, typed.values);
    box.hidden = true;
  });
  box.querySelector("[data-leave]").addEventListener("click", () => {
    localStorage.removeItem(key);
    box.hidden = true;
  });
}

function keepTyped(form, key) {
  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      try {
        localStorage[key] = JSON.stringify({ at: Date.now(), values: values(form) });
      } catch {
        // The browser has no room left: the form works as without this file.
      }
    }, PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    localStorage[key] = JSON.stringify({ at: Date.now(), values: values(form) });
    sessionStorage[SENT] = key;
  });
}

const box = document.querySelector("[data-autosave]");
forgetOld();
forgetSaved();
if (box) {
  const form = box.closest("form");
  const key = `${PREFIX}${box.dataset.autosave}`;
  // The editors write their text anew when they start; what they make of it is no typing.
  window.addEventListener("load", () => {
    if (!document.querySelector(".errornote")) offer(box, form, key);
    keepTyped(form, key);
  });
}
