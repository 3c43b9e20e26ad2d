// A persona reaches the request through the variables of the active tab, never through the query.

type Variables = Record<string, unknown>;

/** The object the text holds; empty for empty text, null when it is not a JSON object. */
function parsed(text: string): Variables | null {
  if (!text.trim()) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Variables) : null;
  } catch {
    return null;
  }
}

export function personalCodeIn(text: string): string {
  const code = parsed(text)?.personalCode;
  return typeof code === "string" ? code : "";
}

/** The text with the code put in; a batch's list grows by it. Null when the text is not a JSON object. */
export function withPersonalCode(text: string, personalCode: string): string | null {
  const variables = parsed(text);
  if (!variables) return null;
  const { personalCodes } = variables;
  const patch = Array.isArray(personalCodes)
    ? { personalCodes: [...new Set([...personalCodes, personalCode])] }
    : { personalCode };
  return JSON.stringify({ ...variables, ...patch }, null, 2);
}
