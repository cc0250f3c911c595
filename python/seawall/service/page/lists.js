// Lists that go on: the next page is put below on demand.

import { Problem, read } from "/page/api.js";
import { element, problem } from "/page/dom.js";
import { visit } from "/page/visits.js";

/**
 * Return a page of a list, and a button for the next one while there is one.
 *
 * ``made`` draws rows; the first page is there already. Who comes back finds as many pages as were
 * there before.
 */
export async function more(path, query, page, made) {
  const { pages } = visit();
  const list = `${path}?${new URLSearchParams(query)}`;
  const holder = element("div", {}, made(page.items));
  let { continuation } = page;
  let shown = 1;
  const goOn = async () => {
    const next = await read(path, { ...query, continuation });
    const rows = [...made(next.items).querySelectorAll("tbody tr")];
    holder.querySelector("tbody").append(...rows);
    ({ continuation } = next);
    shown += 1;
    return rows;
  };
  while (continuation !== null && shown < pages.get(list)) await goOn();
  if (continuation === null) return [holder];
  const button = element("button", { type: "button" }, "Show more");
  const answer = element("div", { "aria-live": "polite" });
  button.addEventListener("click", async () => {
    button.disabled = true;
    answer.replaceChildren();
    try {
      const [first] = await goOn();
      pages.set(list, shown);
      first?.querySelector("a")?.focus();
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
