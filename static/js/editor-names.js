// Give each rich-text editor the name of the field it edits: the editor hides the textarea that the label names.
"use strict";

function nameEditors() {
  for (const editor of document.querySelectorAll('[role="textbox"]:not([aria-label])')) {
    const textarea = editor.closest(".prose-editor")?.querySelector("textarea");
    const label = textarea?.labels?.[0] ?? (textarea && document.querySelector(`label[for="${textarea.id}"]`));
    if (label) editor.setAttribute("aria-label", label.textContent.trim().replace(/:$/, ""));
  }
}

new MutationObserver(nameEditors).observe(document.documentElement, { childList: true, subtree: true });
