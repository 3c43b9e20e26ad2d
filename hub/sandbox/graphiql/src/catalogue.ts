// The sandbox's clients, people and examples, as GET /sandbox/clients tells them.
import type { Bilingual } from "./words";

export interface Agreement {
  number: string;
  purpose: string;
  purposeTitle: Bilingual;
  operations: string[];
  fields: string[];
  caseRequired: boolean;
  officialRequired: boolean;
}

export interface Client {
  id: string;
  title: string;
  recipient: Bilingual;
  agreements: Agreement[];
}

export interface Persona {
  name: string;
  personalCode: string;
  about: Bilingual;
}

export interface Example {
  title: Bilingual;
  about: Bilingual;
  client: string;
  agreement: string;
  case?: string | null;
  official?: string | null;
  query: string;
  variables?: unknown;
}

export interface Catalogue {
  clients: Client[];
  personas: Persona[];
  examples: Example[];
}

/** Who asks, under which agreement: one per tab. */
export interface Choice {
  client: string;
  agreement: string;
  case: string;
  official: string;
  about: Bilingual | null;
}

export async function loadCatalogue(): Promise<Catalogue> {
  const response = await fetch("/sandbox/clients", { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.json();
}

export function variablesText({ variables }: Example): string {
  if (variables == null) return "";
  return typeof variables === "string" ? variables : JSON.stringify(variables, null, 2);
}

export function clientOf(catalogue: Catalogue, choice: Choice): Client | undefined {
  return catalogue.clients.find(({ id }) => id === choice.client);
}

export function agreementOf(catalogue: Catalogue, choice: Choice): Agreement | undefined {
  return clientOf(catalogue, choice)?.agreements.find(({ number }) => number === choice.agreement);
}

export function choiceOf(catalogue: Catalogue, example: Example | undefined): Choice {
  const client = example?.client ?? catalogue.clients[0]?.id ?? "";
  const first = catalogue.clients.find(({ id }) => id === client)?.agreements[0]?.number ?? "";
  return completed(catalogue, {
    client,
    agreement: example?.agreement ?? first,
    case: example?.case ?? "",
    official: example?.official ?? "",
    about: example?.about ?? null,
  });
}

/** Another client brings its own first agreement; what an agreement demands comes with an example. */
export function changed(catalogue: Catalogue, choice: Choice, patch: Partial<Choice>): Choice {
  const next = { ...choice, ...patch };
  if (!agreementOf(catalogue, next)) {
    next.agreement = clientOf(catalogue, next)?.agreements[0]?.number ?? "";
  }
  return next.agreement === choice.agreement ? next : completed(catalogue, next);
}

function completed(catalogue: Catalogue, choice: Choice): Choice {
  const agreement = agreementOf(catalogue, choice);
  return {
    ...choice,
    case: choice.case || (agreement?.caseRequired ? sample(catalogue, choice, "case") : ""),
    official: choice.official || (agreement?.officialRequired ? sample(catalogue, choice, "official") : ""),
  };
}

function sample(catalogue: Catalogue, choice: Choice, what: "case" | "official"): string {
  const nearest = [...catalogue.examples].sort(
    (a, b) => Number(b.agreement === choice.agreement) - Number(a.agreement === choice.agreement),
  );
  return nearest.find((example) => example[what])?.[what] ?? "";
}
