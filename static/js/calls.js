// Take the place for who has opened its page, and keep it while she types. Without this file "Call the next place" and
// saving take it: opening a page changes nothing by itself.
const form = document.querySelector("form[data-renew]");
const EVERY = 5 * 60 * 1000;
let hasTyped = true;

form.addEventListener("input", () => {
  hasTyped = true;
});

function renew() {
  if (!hasTyped) return;
  hasTyped = false;
  fetch(form.dataset.renew, { method: "POST", headers: { "X-CSRFToken": form.csrfmiddlewaretoken.value } });
}

renew();
setInterval(renew, EVERY);
