// Lists that go on: the next page is put below on demand.

import { Problem, read } from "/page/api.js";
import { element, problem } from "/page/dom.js";

/**
 * Return a page of a list, and a button for the next one while there is one.
 *
 * ``made`` draws rows; the first page is there already.
 */
export function more(path, query, page, made) {
  const holder = element("div", {}, made(page.items));
  if (page.continuation === null) return [holder];
  let { continuation } = page;
  const button = element("button", { type: "button" }, "Show more");
  const answer = element("div", { "aria-live": "polite" });
  button.addEventListener("click", async () => {
    button.disabled = true;
    answer.replaceChildren();
    try {
      const next = await read(path, { ...query, continuation });
      const rows = [...made(next.items).querySelectorAll("tbody tr")];
      holder.querySelector("tbody").append(...rows);
      rows[0]?.querySelector("a")?.focus();
      ({ continuation } = next);
      if (continuation === null) button.remove();
    } catch (refused) {
      if (!(refused instanceof Problem)) throw refused;
      answer.append(problem(refused));
    } finally {
      button.disabled = false;
    }
  });
  return [holder, button, answer];
}
