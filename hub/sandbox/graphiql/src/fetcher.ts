// Sends what GraphiQL asks, always by POST: personal codes travel in the body and nowhere else.
import type { Fetcher, FetcherParams } from "@graphiql/toolkit";
import { type ExecutionResult, GraphQLError, type OperationDefinitionNode, parse } from "graphql";
import { type Agreement, agreementOf, type Catalogue, type Choice } from "./catalogue";
import type { DeskStore, Outcome } from "./desk";
import { forgetToken, tokenFor } from "./tokens";
import { words } from "./words";

const RESPONSE = "application/graphql-response+json";

/** The headers that name the caller's right, in the order the page shows them. */
export function rightHeaders(choice: Choice, agreement: Agreement | undefined): [string, string][] {
  const headers: [string, string][] = [["X-DAGR-Permission", choice.agreement]];
  if (agreement?.caseRequired && choice.case) headers.push(["Hub-Case", choice.case]);
  if (agreement?.officialRequired && choice.official) headers.push(["Hub-Official", choice.official]);
  return headers;
}

export function createFetcher(desk: DeskStore, catalogue: Catalogue): Fetcher {
  async function send(params: FetcherParams): Promise<Response> {
    const { choice } = desk.now();
    const response = await sendOnce(choice, params);
    if (response.status !== 401) return response;
    forgetToken(choice.client);
    return sendOnce(choice, params);
  }

  async function sendOnce(choice: Choice, params: FetcherParams): Promise<Response> {
    const say = words[desk.now().language];
    const token = await tokenFor(choice.client).catch(() => {
      throw new Error(say.noToken);
    });
    return fetch("/graphql", {
      method: "POST",
      headers: {
        ...Object.fromEntries(rightHeaders(choice, agreementOf(catalogue, choice))),
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/json",
        Accept: RESPONSE,
      },
      body: JSON.stringify(params),
    }).catch(() => {
      throw new Error(say.noAnswer);
    });
  }

  async function answerOf(response: Response): Promise<ExecutionResult> {
    if (!/json/.test(response.headers.get("Content-Type") ?? "")) {
      throw new Error(`${words[desk.now().language].notGraphql} ${response.status}`);
    }
    return response.json();
  }

  async function ask(params: FetcherParams): Promise<ExecutionResult> {
    const visible = params.operationName !== "IntrospectionQuery";
    if (visible) desk.put({ outcome: null });
    const startedMs = performance.now();
    const response = await send(params);
    const answer = await answerOf(response);
    const tookMs = Math.round(performance.now() - startedMs);
    if (visible) desk.put({ outcome: outcomeOf(response.status, tookMs, answer) });
    return answer;
  }

  return async (asked) => {
    const operation = operationOf(asked);
    const params = operation ? { ...asked, operationName: operation.name?.value } : asked;
    return ask(params).catch(told);
  };
}

/** The operation meant. GraphiQL's own idea of it lags behind a change of tab. */
function operationOf({ query, operationName }: FetcherParams): OperationDefinitionNode | undefined {
  try {
    const operations = parse(query).definitions.filter((one) => one.kind === "OperationDefinition");
    return operations.find(({ name }) => name?.value === operationName) ?? operations[0];
  } catch {
    return undefined; // the hub will say what is wrong with it
  }
}

/** A failure as GraphQL tells it: the message, without the page's own stack. */
function told(error: unknown): ExecutionResult {
  return { errors: [new GraphQLError(error instanceof Error ? error.message : String(error))] };
}

function outcomeOf(status: number, tookMs: number, answer: ExecutionResult): Outcome {
  const codes = (answer.errors ?? []).map(({ extensions }) => String(extensions?.code ?? ""));
  const receipt = answer.extensions?.receipt as string | { id?: string } | undefined;
  return {
    status,
    tookMs,
    kind: !answer.data ? "refused" : codes.length ? "partial" : "answered",
    codes: [...new Set(codes.filter(Boolean))],
    receipt: (typeof receipt === "object" ? receipt.id : receipt) ?? null,
  };
}
