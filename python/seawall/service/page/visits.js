// How each view was left, so that going back finds it as it was: how far its lists went on, and how
// far down it was read. A view that is opened anew begins at its top.

const visits = new Map(); // by the number that an entry of the browser's history has
let latest = Date.now(); // entries that are older than this load of the page have lower numbers

history.scrollRestoration = "manual"; // the browser would scroll before the rows are there

/** Return what is kept of the entry that is shown: {scroll, pages: of each list}. */
export function visit() {
  if (!visits.has(history.state?.visit)) {
    latest += 1;
    visits.set(latest, { scroll: 0, pages: new Map() });
    history.replaceState({ visit: latest }, "");
  }
  return visits.get(history.state.visit);
}
