// Each tab keeps its own choice. An example's tab starts with the example's; a new one with the last.
import { pick, useGraphiQL } from "@graphiql/react";
import { useLayoutEffect, useRef } from "react";
import { type Catalogue, type Choice, choiceOf } from "./catalogue";
import type { DeskStore } from "./desk";

export function useTabChoice(catalogue: Catalogue, desk: DeskStore): (choice: Choice) => void {
  const { tabs, activeTabIndex } = useGraphiQL(pick("tabs", "activeTabIndex"));
  const choices = useRef<Map<string, Choice> | null>(null);
  choices.current ??= new Map(
    tabs.map(({ id }, index) => [id, choiceOf(catalogue, catalogue.examples[index])]),
  );
  const id = tabs[activeTabIndex]?.id ?? "";
  const shown = useRef(id);

  useLayoutEffect(() => {
    if (shown.current === id) return;
    shown.current = id;
    const choice = choices.current?.get(id) ?? { ...desk.now().choice, about: null };
    choices.current?.set(id, choice);
    desk.put({ choice, outcome: null });
  }, [id, desk]);

  return (choice) => {
    choices.current?.set(id, choice);
    desk.put({ choice });
  };
}
