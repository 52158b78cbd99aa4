// Show in the frame what the form holds, a moment after each change. Without this file the button does it.
const button = document.querySelector("button[data-preview]");
const PAUSE = 800;
let waiting;

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(() => button.form.requestSubmit(button), PAUSE);
}

if (button) {
  for (const event of ["input", "change"]) button.form.addEventListener(event, later);
  document.addEventListener("formset:added", later);
  document.addEventListener("formset:removed", later);
}
