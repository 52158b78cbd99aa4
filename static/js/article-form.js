// The form of an article: put a piece at the cursor, and say while typing how hard the text is to read.
"use strict";

const bar = document.querySelector(".pieces");
const form = bar?.closest("form");
const TAKES_PIECES = /(^|-)(body|key_points|abstract)_[a-z_]+$/;
const QUIET = 900;
let place = null;

function fieldOf(element) {
  const own = element.closest?.(".prose-editor")?.querySelector("textarea") ?? element;
  return TAKES_PIECES.test(own.name ?? "") ? own : null;
}

function editorOf(field) {
  return field.closest(".prose-editor")?.querySelector('[role="textbox"]')?.editor;
}

function labelOf(field) {
  return document.querySelector(`label[for="${field.id}"]`)?.textContent.trim().replace(/:$/, "") ?? field.name;
}

function tokenWith(token, words) {
  const chosen = words.replace(/[{}|<>]/g, "").trim();
  return /^\{(term|line):/.test(token) && chosen ? token.replace(/\}$/, `|${chosen}}`) : token;
}

function insert(field, token) {
  const editor = editorOf(field);
  if (editor) {
    const { from, to } = editor.state.selection;
    const words = editor.state.doc.textBetween(from, to, " ");
    editor.chain().focus().insertContent({ type: "text", text: tokenWith(token, words) }).run();
    return;
  }
  const words = field.value.slice(field.selectionStart, field.selectionEnd);
  field.focus();
  field.setRangeText(tokenWith(token, words), field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

async function fill(select) {
  const answer = await fetch(bar.dataset.pieces);
  if (!answer.ok) return;
  for (const group of (await answer.json()).groups) {
    const options = document.createElement("optgroup");
    options.label = group.label;
    for (const piece of group.pieces) options.append(new Option(`${piece.label} ${piece.token}`, piece.token));
    select.append(options);
  }
}

async function measure(list) {
  const answer = await fetch(bar.dataset.reading, { method: "POST", body: new FormData(form) }).catch(() => null);
  if (!answer?.ok) return;
  list.replaceChildren(
    ...(await answer.json()).levels.map((level) => {
      const line = document.createElement("li");
      line.className = level.passes ? "pieces__easy" : "pieces__hard";
      line.textContent = level.text;
      return line;
    }),
  );
}

if (bar) {
  const select = bar.querySelector("select");
  const said = bar.querySelector("[data-said]");
  const levels = bar.querySelector("[data-levels]");
  let waiting;

  bar.hidden = false;
  fill(select);
  measure(levels);

  form.addEventListener("focusin", (event) => {
    const field = fieldOf(event.target);
    if (field) place = field;
  });
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => measure(levels), QUIET);
  });
  bar.querySelector("button").addEventListener("click", () => {
    if (!place?.isConnected) {
      said.textContent = bar.dataset.where;
    } else if (select.value) {
      insert(place, select.value);
      said.textContent = `${bar.dataset.done} ${labelOf(place)}`;
    }
  });
  // From a text to the list without passing all that lies between; the button leads back to the text.
  document.addEventListener("keydown", (event) => {
    if (event.altKey && event.shiftKey && event.code === "KeyI") {
      event.preventDefault();
      select.focus();
    }
  });
}
