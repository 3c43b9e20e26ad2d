// The bar above GraphiQL: who asks, under which agreement, about whom.
import { pick, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { type ReactNode, useId, useState } from "react";
import { type Agreement, agreementOf, type Catalogue, changed, type Choice, clientOf } from "./catalogue";
import { type DeskStore, type Outcome, useDesk } from "./desk";
import { rightHeaders } from "./fetcher";
import { useTabChoice } from "./tabs";
import { personalCodeIn, withPersonalCode } from "./variables";
import { type Language, rememberLanguage, type Words, words } from "./words";

interface BarProps {
  catalogue: Catalogue;
  desk: DeskStore;
}

export function Bar({ catalogue, desk }: BarProps) {
  const { choice, language, outcome } = useDesk(desk);
  const choose = useTabChoice(catalogue, desk);
  const say = words[language];
  const agreement = agreementOf(catalogue, choice);
  const change = (patch: Partial<Choice>) => choose(changed(catalogue, choice, patch));
  return (
    <header className="bar">
      <div className="bar-top">
        <p className="brand">
          <strong>Vienreiz</strong> <span className="badge">{say.sandbox}</span>
        </p>
        <p className="note">{say.synthetic}</p>
        <LanguageSwitch desk={desk} language={language} say={say} />
        <ThemeSelect say={say} />
      </div>
      <form className="choosers" aria-label={say.bar} onSubmit={(event) => event.preventDefault()}>
        <Select
          label={say.client}
          value={choice.client}
          onChange={(client) => change({ client })}
          options={catalogue.clients.map(({ id, recipient }) => [id, recipient[language]])}
        />
        <Select
          label={say.agreement}
          value={choice.agreement}
          onChange={(number) => change({ agreement: number })}
          options={(clientOf(catalogue, choice)?.agreements ?? []).map((one) => [
            one.number,
            `${one.number} — ${one.purposeTitle[language] || one.purpose}`,
          ])}
        />
        <PersonaSelect catalogue={catalogue} language={language} say={say} />
        {agreement?.caseRequired && (
          <Text label={say.case} value={choice.case} onChange={(text) => change({ case: text })} />
        )}
        {agreement?.officialRequired && (
          <Text label={say.official} value={choice.official} onChange={(text) => change({ official: text })} />
        )}
      </form>
      <div className="bar-foot">
        {agreement && <Grants agreement={agreement} choice={choice} say={say} />}
        <p className="example">{choice.about?.[language]}</p>
        <p className="outcome" role="status" data-kind={outcome?.kind}>
          {outcome && outcomeText(outcome, say)}
        </p>
      </div>
    </header>
  );
}

function outcomeText({ kind, codes, status, tookMs, receipt }: Outcome, say: Words): string {
  const told = codes.length ? `${say[kind]}: ${codes.join(", ")}` : say[kind];
  return [told, `HTTP ${status}`, `${tookMs} ms`, receipt && `${say.receipt} ${receipt}`].filter(Boolean).join(" · ");
}

interface FieldProps {
  label: string;
  value: string;
  onChange(value: string): void;
}

function Labelled({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="chooser">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}

function Select({ label, value, onChange, options }: FieldProps & { options: [string, string][] }) {
  return (
    <Labelled label={label}>
      {(id) => (
        <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
          {options.map(([key, text]) => (
            <option key={key} value={key}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

function Text({ label, value, onChange }: FieldProps) {
  return (
    <Labelled label={label}>
      {(id) => (
        <input
          id={id}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          autoComplete="off"
          spellCheck={false}
        />
      )}
    </Labelled>
  );
}

/** Shows whose code the variables hold; choosing another puts hers there. */
function PersonaSelect({ catalogue, language, say }: { catalogue: Catalogue; language: Language; say: Words }) {
  const [refused, setRefused] = useState(false);
  const { updateActiveTabValues } = useGraphiQLActions();
  const { tabs, activeTabIndex, variableEditor } = useGraphiQL(pick("tabs", "activeTabIndex", "variableEditor"));
  const text = tabs[activeTabIndex]?.variables ?? "";
  const choose = (personalCode: string) => {
    const variables = personalCode && withPersonalCode(variableEditor?.getValue() ?? text, personalCode);
    setRefused(variables === null);
    if (!variables) return;
    variableEditor?.setValue(variables);
    updateActiveTabValues({ variables });
  };
  const present = personalCodeIn(text);
  const people = catalogue.personas.map(({ name, personalCode, about }): [string, string] => [
    personalCode,
    `${name} — ${about[language]}`,
  ]);
  return (
    <>
      <Select
        label={say.persona}
        value={people.some(([code]) => code === present) ? present : ""}
        onChange={choose}
        options={[["", say.choose], ...people]}
      />
      {refused && (
        <p className="trouble" role="alert">
          {say.badVariables}
        </p>
      )}
    </>
  );
}

function Grants({ agreement, choice, say }: { agreement: Agreement; choice: Choice; say: Words }) {
  const list = (values: string[]) => values.map((value) => <code key={value}>{value}</code>);
  return (
    <details className="grants">
      <summary>{say.grants}</summary>
      <dl>
        <dt>{say.operations}</dt>
        <dd>{agreement.operations.length ? list(agreement.operations) : say.nothing}</dd>
        <dt>{say.fields}</dt>
        <dd>{agreement.fields.length ? list(agreement.fields) : say.nothing}</dd>
        <dt>{say.headers}</dt>
        <dd>
          {list([
            "Authorization: Bearer …",
            ...rightHeaders(choice, agreement).map(([name, value]) => `${name}: ${value}`),
          ])}
        </dd>
      </dl>
    </details>
  );
}

const LANGUAGES: [Language, string][] = [
  ["lv", "Latviešu"],
  ["en", "English"],
];

function LanguageSwitch({ desk, language, say }: { desk: DeskStore; language: Language; say: Words }) {
  const speak = (next: Language) => {
    rememberLanguage(next);
    desk.put({ language: next });
  };
  return (
    <div className="languages" role="group" aria-label={say.language}>
      {LANGUAGES.map(([key, name]) => (
        <button key={key} type="button" lang={key} aria-pressed={key === language} onClick={() => speak(key)}>
          {name}
        </button>
      ))}
    </div>
  );
}

function ThemeSelect({ say }: { say: Words }) {
  const theme = useGraphiQL((state) => state.theme);
  const { setTheme } = useGraphiQLActions();
  return (
    <select
      className="theme"
      aria-label={say.theme}
      value={theme ?? ""}
      onChange={(event) => setTheme((event.target.value || null) as "light" | "dark" | null)}
    >
      <option value="">{say.system}</option>
      <option value="light">{say.light}</option>
      <option value="dark">{say.dark}</option>
    </select>
  );
}
