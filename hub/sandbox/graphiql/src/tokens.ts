// Access tokens, in memory only: gone when the page is.

const REFRESH_BEFORE_MS = 30_000;

interface Held {
  token: Promise<string>;
  goodUntil: number;
}

const held = new Map<string, Held>();

/** One token per client, fetched again shortly before it expires; several askers share one fetch. */
export function tokenFor(client: string): Promise<string> {
  const known = held.get(client);
  if (known && Date.now() < known.goodUntil) return known.token;
  const entry: Held = { token: Promise.resolve(""), goodUntil: Infinity };
  entry.token = issue(client, entry);
  entry.token.catch(() => held.delete(client));
  held.set(client, entry);
  return entry.token;
}

export function forgetToken(client: string): void {
  held.delete(client);
}

async function issue(client: string, entry: Held): Promise<string> {
  const response = await fetch("/sandbox/token", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Requested-With": "vienreiz" },
    body: JSON.stringify({ client }),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const { access_token, expires_in } = await response.json();
  entry.goodUntil = Date.now() + expires_in * 1000 - REFRESH_BEFORE_MS;
  return access_token;
}
