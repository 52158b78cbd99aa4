// The form of a campaign: show in the frame what it holds, a moment after each change, and go to the field that a
// sentence is about. Without this file a button shows it, and the field is looked for by hand.
const button = document.querySelector("button[data-preview]");
const PAUSE = 800;
let waiting;

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(() => button.form.requestSubmit(button), PAUSE);
}

function goThere(event) {
  const field = document.getElementById(event.target.hash.slice(1));
  const box = field?.closest(".prose-editor")?.querySelector('[role="textbox"]') ?? field;
  if (!box) return;
  event.preventDefault();
  box.scrollIntoView({ block: "center" });
  box.focus({ preventScroll: true });
}

if (button) {
  for (const event of ["input", "change"]) button.form.addEventListener(event, later);
  document.addEventListener("formset:added", later);
  document.addEventListener("formset:removed", later);
}

for (const link of document.querySelectorAll('.newsletter__problems a[href^="#id_"]')) {
  link.addEventListener("click", goThere);
}
