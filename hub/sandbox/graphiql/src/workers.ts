// Monaco's workers are files of the hub's own, beside this script.

declare const WORKER_FILES: Record<string, string>;

const FILES: Record<string, string> = { json: "json.worker", graphql: "graphql.worker" };

Object.assign(globalThis, {
  MonacoEnvironment: {
    getWorker(_id: string, label: string): Worker {
      const file = WORKER_FILES[FILES[label] ?? "editor.worker"]!;
      return new Worker(new URL(file, import.meta.url));
    },
  },
});
