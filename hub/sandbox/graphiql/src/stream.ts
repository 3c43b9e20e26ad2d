// Subscriptions over server-sent events, read by fetch so that headers can be sent.
import type { ExecutionResult } from "graphql";

interface Source {
  send(signal: AbortSignal): Promise<Response>;
  answerOf(response: Response): Promise<ExecutionResult>;
  failed(error: unknown): ExecutionResult;
}

/** Results as they come; stopping the iteration closes the connection. */
export function subscribed(source: Source): AsyncIterableIterator<ExecutionResult> {
  const stop = new AbortController();
  const results = read(source, stop.signal);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => results.next(),
    async return() {
      stop.abort();
      return { done: true, value: undefined };
    },
  };
}

async function* read({ send, answerOf, failed }: Source, signal: AbortSignal) {
  try {
    const response = await send(signal);
    if (!response.headers.get("Content-Type")?.startsWith("text/event-stream") || !response.body) {
      yield await answerOf(response);
      return;
    }
    yield* events(response.body);
  } catch (error) {
    if (!signal.aborted) yield failed(error);
  }
}

async function* events(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const frames = (rest + value).split(/\r?\n\r?\n/);
    rest = frames.pop() ?? "";
    for (const frame of frames) {
      if (field(frame, "event") === "complete") return;
      const data = field(frame, "data");
      if (data) yield JSON.parse(data) as ExecutionResult;
    }
  }
}

function field(frame: string, name: string): string {
  const prefix = `${name}:`;
  return frame
    .split(/\r?\n/)
    .filter((line) => line.startsWith(prefix))
    .map((line) => line.slice(prefix.length).trim())
    .join("\n");
}
