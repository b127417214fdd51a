// What was changed in a draft or a long text, shown below it while somebody types. The server compares; nothing is stored.
"use strict";

(() => {
  const form = document.querySelector("form.act");
  const buttons = [...document.querySelectorAll("[data-changes]")];
  if (!form || !buttons.length) return;
  const typed = () => [...form.elements].filter((field) => field.matches("textarea"));
  let waiting = 0, asked = null;

  // The buttons are for pages without this script; what they do happens by itself.
  const show = (there) => buttons.forEach((button) => { button.hidden = !there; });
  show(false);

  async function compare() {
    asked?.abort();
    asked = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    body.set("only", "changes");
    try {
      const answer = await fetch(buttons[0].formAction, { method: "POST", body, signal: asked.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const place of found.querySelectorAll(".changes[id]")) {
        document.getElementById(place.id)?.replaceWith(document.adoptNode(place));
      }
    } catch (error) {
      // no connection, signed out, or the case moved on: the button leads to a page that says which
      if (error.name !== "AbortError") show(true);
    }
  }

  document.addEventListener("input", (event) => {
    if (!typed().includes(event.target)) return;
    clearTimeout(waiting);
    waiting = setTimeout(compare, 400);
  });
  // a page that the browser kept holds what was typed, and not what was shown below it
  addEventListener("pageshow", () => { if (typed().some((field) => field.value !== field.defaultValue)) compare(); });
})();
