// GraphiQL's storage. Queries, variables and history may hold personal codes: they stay in memory
// and end with the page. Only the look of the page is kept on disk.

const LOOK = new Set(["theme", "visiblePlugin", "docExplorerFlex", "editorFlex", "secondaryEditorFlex"]);
const NAMESPACE = "graphiql:";

const memory = new Map<string, string>();

function isLook(key: string): boolean {
  return key.startsWith(NAMESPACE) && LOOK.has(key.slice(NAMESPACE.length));
}

export const storage = {
  getItem: (key: string): string | null =>
    isLook(key) ? localStorage.getItem(key) : (memory.get(key) ?? null),
  setItem(key: string, value: string): void {
    if (isLook(key)) localStorage.setItem(key, value);
    else memory.set(key, value);
  },
  removeItem(key: string): void {
    memory.delete(key);
    localStorage.removeItem(key);
  },
  clear(): void {
    memory.clear();
    LOOK.forEach((name) => localStorage.removeItem(NAMESPACE + name));
  },
  get length(): number {
    return memory.size;
  },
};
