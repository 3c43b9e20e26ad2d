// Audits the server at HUB_URL and prints every result as JSON. Token and agreement ride along.
import { auditServer } from "graphql-http";

const own = { authorization: process.env.HUB_AUTHORIZATION, "x-dagr-permission": "RSD-2026-001" };

const results = await auditServer({
  url: process.env.HUB_URL,
  fetchFn: (url, { headers, ...init } = {}) => fetch(url, { ...init, headers: { ...headers, ...own } }),
});
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
