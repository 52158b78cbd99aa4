// Keep the place that is being called for who is typing. Without this file opening or saving the page keeps it, too.
const form = document.querySelector("form[data-renew]");
const EVERY = 5 * 60 * 1000;
let hasTyped = false;

form.addEventListener("input", () => {
  hasTyped = true;
});

setInterval(() => {
  if (!hasTyped) return;
  hasTyped = false;
  fetch(form.dataset.renew, { method: "POST", headers: { "X-CSRFToken": form.csrfmiddlewaretoken.value } });
}, EVERY);
