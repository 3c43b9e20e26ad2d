// What lies on the desk now: the active tab's choice and how the last request ended.
import { useSyncExternalStore } from "react";
import type { Choice } from "./catalogue";
import type { Language } from "./words";

export interface Outcome {
  status: number;
  tookMs: number;
  kind: "answered" | "partial" | "refused";
  codes: string[];
  receipt: string | null;
}

export interface Desk {
  choice: Choice;
  language: Language;
  outcome: Outcome | null;
}

export interface DeskStore {
  now(): Desk;
  put(patch: Partial<Desk>): void;
  watch(listener: () => void): () => void;
}

export function createDesk(initial: Desk): DeskStore {
  let desk = initial;
  const listeners = new Set<() => void>();
  return {
    now: () => desk,
    put(patch) {
      desk = { ...desk, ...patch };
      listeners.forEach((listener) => listener());
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useDesk(store: DeskStore): Desk {
  return useSyncExternalStore(store.watch, store.now);
}
