// The page: the bar and GraphiQL share one provider, so a choice reaches the active tab.
import "./workers";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./page.css";
import { DOC_EXPLORER_PLUGIN, DocExplorerStore } from "@graphiql/plugin-doc-explorer";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { HISTORY_PLUGIN, HistoryStore } from "@graphiql/plugin-history";
import { GraphiQLProvider } from "@graphiql/react";
import { GraphiQL, GraphiQLInterface } from "graphiql";
import { createRoot, type Root } from "react-dom/client";
import { Bar } from "./bar";
import { type Catalogue, choiceOf, loadCatalogue, variablesText } from "./catalogue";
import { createDesk } from "./desk";
import { createFetcher } from "./fetcher";
import { storage } from "./storage";
import { firstLanguage, type Language, words } from "./words";

const PLUGINS = [DOC_EXPLORER_PLUGIN, explorerPlugin({ showAttribution: false }), HISTORY_PLUGIN];

function show(root: Root, catalogue: Catalogue, language: Language): void {
  const [first] = catalogue.examples;
  const desk = createDesk({ choice: choiceOf(catalogue, first), language, outcome: null });
  const fetcher = createFetcher(desk, catalogue);
  const tabs = catalogue.examples.map((example) => ({
    query: example.query,
    variables: variablesText(example),
  }));
  root.render(
    <GraphiQLProvider
      fetcher={fetcher}
      storage={storage}
      plugins={PLUGINS}
      referencePlugin={DOC_EXPLORER_PLUGIN}
      defaultTabs={tabs.length ? tabs : undefined}
      initialVariables={tabs[0]?.variables}
      defaultQuery=""
      shouldPersistHeaders={false}
    >
      <HistoryStore>
        <DocExplorerStore>
          <Bar catalogue={catalogue} desk={desk} />
          <main className="studio" lang="en">
            <GraphiQLInterface
              isHeadersEditorEnabled={false}
              showPersistHeadersSettings={false}
              defaultEditorToolsVisibility="variables"
            >
              <GraphiQL.Logo>{" "}</GraphiQL.Logo>
            </GraphiQLInterface>
          </main>
        </DocExplorerStore>
      </HistoryStore>
    </GraphiQLProvider>,
  );
}

async function open(): Promise<void> {
  const language = firstLanguage();
  document.documentElement.lang = language;
  const root = createRoot(document.getElementById("page")!);
  root.render(<p className="notice">{words[language].loading}</p>);
  try {
    show(root, await loadCatalogue(), language);
  } catch {
    root.render(<p className="notice">{words[language].unloaded}</p>);
  }
}

void open();
