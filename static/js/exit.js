// Leave at once: the Exit link, or Shift three times within five seconds. Without this file the link is a plain link.
const exit = document.querySelector(".exit");
const WITHIN = 5000;
let presses = [];

function leave() {
  document.title = "";
  document.documentElement.hidden = true;
  location.replace(exit.href);
}

exit.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});

// A capital letter is Shift and another key, so any other key starts the count again.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Shift") {
    presses = [];
  } else if (!event.repeat) {
    presses = [...presses.filter((at) => event.timeStamp - at < WITHIN), event.timeStamp];
    if (presses.length === 3) leave();
  }
});
