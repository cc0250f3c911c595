// The page: which view the address names, and the door before all of them.

import { Problem, forget, isSignedIn, signIn, signOut } from "/page/api.js";
import { makingKey } from "/page/commands.js";
import { dataset, datasets } from "/page/datasets.js";
import { element, problem } from "/page/dom.js";
import { live } from "/page/live.js";
import { run, runs } from "/page/runs.js";
import { finding } from "/page/trace.js";
import { visit } from "/page/visits.js";

const VIEWS = [
  [/^#\/datasets$/, datasets],
  [/^#\/datasets\/([\w-]+)$/, dataset],
  [/^#\/runs$/, runs],
  [/^#\/runs\/([\w-]+)$/, run],
  [/^#\/findings\/([\w-]+)(?:\/records\/(\d+))?$/, finding],
  [/^#\/live$/, live],
];
const FIRST = "#/datasets";
const SLOW_MS = 300; // sooner than this, a word that says "loading" would only flicker

const content = document.getElementById("content");
const views = document.getElementById("views");
const leave = document.getElementById("sign-out");
let current = new AbortController(); // of the view that is shown

async function show({ said = null } = {}) {
  current.abort();
  current = new AbortController();
  const { signal } = current;
  views.hidden = leave.hidden = !isSignedIn();
  if (!isSignedIn()) return put("Sign in", [door(said)]);
  const address = location.hash || FIRST;
  const [pattern, view] = VIEWS.find(([form]) => form.test(address)) ?? [];
  mark(address);
  if (!view) return put("Not found", [missing(address)]);
  content.setAttribute("aria-busy", "true");
  const wait = setTimeout(() => content.replaceChildren(
    element("p", { class: "muted", role: "status" }, "Loading …")), SLOW_MS);
  try {
    const { title, body } = await view(...pattern.exec(address).slice(1), signal);
    if (!signal.aborted) put(title, body);
  } catch (refused) {
    if (signal.aborted) return undefined;
    if (!(refused instanceof Problem)) throw refused;
    if (refused.status === 401) {
      forget();
      return show({ said: refused });
    }
    put("Refused", [element("h1", {}, "This could not be shown"), problem(refused), again()]);
  } finally {
    clearTimeout(wait);
  }
  return undefined;
}

function put(title, body) {
  document.title = `${title} · seawall`;
  content.replaceChildren(...body.filter(Boolean));
  content.dataset.shows = isSignedIn() ? location.hash || FIRST : "sign-in";
  content.removeAttribute("aria-busy");
  const heading = content.querySelector("h1");
  const first = content.querySelector("[data-first]");
  if (first) first.focus();
  else if (heading) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
  scrollTo(0, visit().scroll);
}

function mark(address) {
  for (const link of views.children) {
    const at = address === link.hash || address.startsWith(`${link.hash}/`)
      || (link.hash === "#/runs" && address.startsWith("#/findings/"));
    if (at) link.setAttribute("aria-current", address === link.hash ? "page" : "true");
    else link.removeAttribute("aria-current");
  }
}

function again() {
  return element("button", { type: "button", onclick: () => show() }, "Try again");
}

function missing(address) {
  return element("section", {}, element("h1", {}, "There is no such view"),
    element("p", {}, element("code", {}, address), " names nothing here. ",
      element("a", { href: "#/datasets" }, "To the datasets")));
}

function door(said) {
  const answer = element("div", { "aria-live": "polite" },
    said && [element("p", {}, "The session has ended: sign in again."), problem(said)]);
  const input = element("input", {
    id: "key", type: "password", required: true, autocomplete: "off", spellcheck: "false",
    autocapitalize: "off", "data-first": true, "aria-describedby": "key-note",
  });
  const button = element("button", { type: "submit", class: "primary" }, "Sign in");
  const enter = async (event) => {
    event.preventDefault();
    button.disabled = true;
    answer.replaceChildren();
    try {
      await signIn(input.value.trim());
      await show();
    } catch (refused) {
      if (!(refused instanceof Problem)) throw refused;
      answer.append(problem(refused));
      input.select();
    } finally {
      button.disabled = false;
    }
  };
  return element("section", { class: "door" },
    element("h1", {}, "Sign in"),
    element("p", { class: "lead" }, "Books under stress, and the way back of every figure."),
    element("form", { onsubmit: enter },
      element("label", { for: "key" }, "API key"),
      element("div", { class: "field" }, input, button),
      element("p", { class: "muted small", id: "key-note" },
        "The key stays in this tab's memory. It is exchanged for a token that may only read and "
        + "ends after 15 minutes.")),
    answer,
    element("h2", {}, "No key yet?"),
    element("p", {}, "Make one where the ledger is; it is shown once. This page needs the role "
      + "read; ingest sends files, execute runs engines:"),
    makingKey());
}

leave.addEventListener("click", async () => {
  const gone = signOut();
  await show();
  await gone;
});
addEventListener("hashchange", () => show());
addEventListener("scroll", () => {
  // What is not there yet scrolls nobody: a view that comes back finds its place as it was left.
  if (!content.hasAttribute("aria-busy")) visit().scroll = scrollY;
});
show();
