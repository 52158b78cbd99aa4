// Keep the place on the page when the language is changed: anchors are the same in every language.
for (const link of document.querySelectorAll(".head__languages a")) {
  link.addEventListener("click", () => {
    link.hash = location.hash;
  });
}
