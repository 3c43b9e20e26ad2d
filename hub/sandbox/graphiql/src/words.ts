// What the bar says, in both languages. GraphiQL itself speaks English only.

export type Language = "en" | "lv";
export type Bilingual = Record<Language, string>;

const english = {
  sandbox: "sandbox",
  synthetic: "Every person here is made up.",
  bar: "Who asks, and about whom",
  client: "Client",
  agreement: "Agreement",
  persona: "Person asked about",
  choose: "choose a person…",
  case: "Case number",
  official: "Official",
  language: "Language",
  theme: "Colours",
  system: "As the system",
  light: "Light",
  dark: "Dark",
  grants: "What this agreement grants",
  operations: "Operations",
  fields: "Fields",
  headers: "Headers sent",
  nothing: "none",
  answered: "Answered",
  partial: "Answered in part",
  refused: "Refused",
  receipt: "receipt",
  badVariables: "The variables are not valid JSON; nothing was changed.",
  loading: "Loading the sandbox…",
  unloaded: "The list of clients could not be loaded. Reload the page to try again.",
  noToken: "The sandbox gave no token for this client.",
  noAnswer: "The hub could not be reached.",
  notGraphql: "The hub answered without a GraphQL response: HTTP",
};

export type Words = typeof english;

const latvian: Words = {
  sandbox: "smilškaste",
  synthetic: "Visas personas šeit ir izdomātas.",
  bar: "Kas pieprasa un par ko",
  client: "Pieprasītājs",
  agreement: "Vienošanās",
  persona: "Persona, par kuru jautā",
  choose: "izvēlieties personu…",
  case: "Lietas numurs",
  official: "Amatpersona",
  language: "Valoda",
  theme: "Krāsas",
  system: "Kā sistēmā",
  light: "Gaišas",
  dark: "Tumšas",
  grants: "Ko šī vienošanās atļauj",
  operations: "Darbības",
  fields: "Lauki",
  headers: "Nosūtītās galvenes",
  nothing: "nav",
  answered: "Atbildēts",
  partial: "Atbildēts daļēji",
  refused: "Atteikts",
  receipt: "kvīts",
  badVariables: "Mainīgie nav derīgs JSON; nekas netika mainīts.",
  loading: "Smilškaste tiek ielādēta…",
  unloaded: "Pieprasītāju sarakstu neizdevās ielādēt. Pārlādējiet lapu, lai mēģinātu vēlreiz.",
  noToken: "Smilškaste šim pieprasītājam neizsniedza piekļuves pilnvaru.",
  noAnswer: "Mezglu neizdevās sasniegt.",
  notGraphql: "Mezgls atbildēja bez GraphQL atbildes: HTTP",
};

export const words: Record<Language, Words> = { en: english, lv: latvian };

const KEY = "vienreiz:language";

export function firstLanguage(): Language {
  const chosen = localStorage.getItem(KEY) ?? navigator.language;
  return chosen.startsWith("lv") ? "lv" : "en";
}

export function rememberLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
}
