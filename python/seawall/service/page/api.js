// Asking the service. The API key stays in this module's memory; a token of 15 minutes, which may
// only read, is kept for the tab, so that loading the page again needs no key.

const KEPT = "seawall.token";
const RENEW_BEFORE_MS = 30_000;
const IN_NO_KEY = /[^\x21-\x7e]/; // most of it no header can carry: the request would not leave

let key = null;

/** What the service refused: its code, its message, its place. */
export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(body.message || "The service did not say why.");
    this.status = status;
    this.code = body.detail || `HTTP ${status}`;
    this.where = body.where || "";
    this.requestId = body.request_id || "";
    this.retryAfter = retryAfter;
  }
}

export function isSignedIn() {
  return kept() !== null;
}

/** Exchange an API key for a token. */
export async function signIn(given) {
  const found = await tokenFor(given);
  const token = { token: found.access_token, ends: Date.now() + 1_000 * found.expires_in };
  sessionStorage.setItem(KEPT, JSON.stringify(token));
  key = given;
}

async function tokenFor(given) {
  const foreign = given.search(IN_NO_KEY);
  if (foreign !== -1) {
    throw new Problem(0, {
      detail: "NOT_A_KEY",
      message: "This is no key: no key has such a character. Copy the whole key, and only it.",
      where: `character ${foreign + 1}: ${String.fromCodePoint(given.codePointAt(foreign))}`,
    });
  }
  const body = JSON.stringify({ roles: ["read"] });
  const headers = { "X-API-Key": given, "Content-Type": "application/json" };
  try {
    return await (await send("/auth/token", { method: "POST", body, headers })).json();
  } catch (refused) {
    if (refused.status === 403 && refused.where === "roles") {
      refused.message = "This key may not read: it lacks the role read, which the page needs. "
        + "Sign in with a key that has it.";
      refused.where = "";
    }
    throw refused;
  }
}

/** Forget key and token, and have the token revoked. */
export async function signOut() {
  const found = kept();
  forget();
  if (found === null) return;
  const headers = { Authorization: `Bearer ${found.token}` };
  try {
    await send("/auth/revoke", { method: "POST", headers });
  } catch (refused) {
    if (!(refused instanceof Problem)) throw refused; // a token that is no good needs no revoking
  }
}

export function forget() {
  key = null;
  sessionStorage.removeItem(KEPT);
}

/** Read JSON. A query is an object; what is undefined in it is left out. */
export async function read(path, query = {}) {
  return (await asked(path, query)).json();
}

/** Read a text, such as metrics. */
export async function readText(path) {
  return (await asked(path, {})).text();
}

async function asked(path, query) {
  let found = kept();
  if (key !== null && (found === null || found.ends - Date.now() < RENEW_BEFORE_MS)) {
    await signIn(key);
    found = kept();
  }
  const told = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const tail = told.length ? `?${new URLSearchParams(told)}` : "";
  const headers = found ? { Authorization: `Bearer ${found.token}` } : {};
  return send(`${path}${tail}`, { headers });
}

async function send(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: "omit", redirect: "error", ...options });
  } catch {
    throw new Problem(0, {
      detail: "SERVICE_AWAY",
      message: "The service does not answer. Is it running?",
      where: location.origin,
    });
  }
  if (response.ok) return response;
  let body = {};
  try {
    body = await response.json();
  } catch {
    body = { message: response.statusText };
  }
  throw new Problem(response.status, body, response.headers.get("Retry-After"));
}

function kept() {
  const text = sessionStorage.getItem(KEPT);
  return text === null ? null : JSON.parse(text);
}
