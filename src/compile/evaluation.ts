import { type LookupQuestion, lookupKey, type ResolvedHost, type ResolvedSite, Secret } from "#model";
import { invariant, KollaError, type Where } from "#support";
import { coerce, isEmptySecret, isMap, lackingValue, wrongValue } from "./coerce.ts";
import { ansibleFacts, interfaceAddress } from "./facts.ts";
import { NoValue } from "./failure.ts";
import { hostVariable, siteVariable } from "./magic-variables.ts";
import { type OperatorVariable, operatorVariables } from "./operator-variables.ts";
import { ownersOf } from "./other-services.ts";
import { OverrideFiles } from "./override-files.ts";
import { placeholder } from "./placeholder.ts";
import { definedNames, definitionOf } from "./release-names.ts";
import type { TableEntry } from "./rule-options.ts";
import { Templates } from "./templates.ts";
import { renderWhole } from "./undefined-names.ts";

interface Cell {
  value?: unknown;
  failure?: NoValue;
}

/** Notes whether what is being computed depends on the host, or the container, it is computed for. */
interface Frame {
  perHost: boolean;
  perContainer: boolean;
}

/**
 * Values of options, computed when they are asked for. What does not depend on the host (as seen while it was
 * computed) is computed once for the site.
 */
export class Evaluation {
  readonly table: ReadonlyMap<string, TableEntry>;
  readonly site: ResolvedSite;
  readonly overrides: OverrideFiles;
  /** What override files asked of Ansible and has no answer yet, by its key. */
  readonly questions = new Map<string, LookupQuestion>();
  readonly #operator: Map<string, OperatorVariable>;
  readonly #hosts: Map<string, ResolvedHost>;
  readonly #siteCells = new Map<string, Cell>();
  readonly #hostCells = new Map<string, Map<string, Cell>>();
  readonly #facts = new Map<string, Record<string, unknown>>();
  readonly #texts = new Map<string, string>();
  readonly #running: string[] = [];
  readonly #frames: Frame[] = [];
  #container: string | undefined;
  readonly #templates: Templates;
  readonly #recovers: boolean;
  /** Names without meaning that are told already, while the rest of an override file is looked at. */
  readonly #empty = new Set<string>();

  /** With `recovers`, what has no value is given one that fits, so that what else is wrong can be found. */
  constructor(
    table: ReadonlyMap<string, TableEntry>,
    site: ResolvedSite,
    { recovers = false }: { recovers?: boolean } = {},
  ) {
    this.#recovers = recovers;
    this.table = table;
    this.site = site;
    this.overrides = new OverrideFiles(site);
    this.#operator = operatorVariables(site);
    this.#hosts = new Map(site.hosts.map((host) => [host.name, host]));
    this.#templates = new Templates({
      names: (host) => this.#names(host),
      lookup: (name, host) => this.#lookup(name, host),
      ask: (host, args, kwargs) => this.#ask({ host, args, kwargs }),
      address: (network, host, current) => this.#networkAddress(network, host, current),
    });
  }

  /** Names of the variables that the operator set on any host. */
  get operatorNames(): readonly string[] {
    return [...this.#operator.keys()];
  }

  host(name: string): ResolvedHost {
    const host = this.#hosts.get(name);
    invariant(host, `there is no host ${name}`);
    return host;
  }

  /** True when the operator gave the variable for this host. */
  isSet(name: string, host: string): boolean {
    return this.#given(name, host) !== undefined;
  }

  /** The typed value of an option. Throws NoValue when it has none. */
  value(name: string, host: string): unknown {
    invariant(this.table.has(name), `no service has the option ${name}`);
    const cell = this.#cell(name, host);
    if (cell.failure) throw cell.failure;
    return cell.value;
  }

  /**
   * A template of the operator, rendered for a container of a host. Throws NoValue, or all
   * that is wrong with the file together.
   * `container`: what `service_name` stands for in it.
   */
  text(source: { text: string; path: string }, host: string, container: string): string {
    const [common, own] = [source.path, `${source.path} ${container}`];
    const shared = this.#texts.get(common) ?? this.#texts.get(own);
    if (shared !== undefined) return shared;
    const before = this.#container;
    this.#container = container;
    try {
      const rendered = this.#framed(() =>
        renderWhole(
          () => this.#templates.text(source.text, source.path, host),
          this.#empty,
          () => [...this.table.keys(), ...this.operatorNames, ...definedNames()],
        ),
      );
      if (!rendered.perHost) this.#texts.set(rendered.perContainer ? own : common, rendered.result);
      return rendered.result;
    } finally {
      this.#container = before;
    }
  }

  /** Whether a Jinja2 expression holds on a host. */
  holds(expression: string, host: string): boolean {
    const bare = /\{\{|\{%/.test(expression) ? expression : `{{ ${expression} }}`;
    const value = this.#framed(() => this.#templates.native(bare, "condition", host)).result;
    const asFlag = coerce({ type: "flag", default: false, doc: "" }, value);
    return "value" in asFlag && asFlag.value === true;
  }

  #cell(name: string, host: string): Cell {
    const shared = this.#siteCells.get(name);
    if (shared) return shared;
    const own = this.#hostCells.get(host)?.get(name);
    if (own) {
      this.#touchHost();
      return own;
    }
    return this.#fill(name, host);
  }

  #fill(name: string, host: string): Cell {
    this.#refuseCycle(name, host);
    this.#running.push(name);
    try {
      const { result: cell, perHost } = this.#framed(() => this.#compute(name, host));
      if (!perHost) this.#siteCells.set(name, cell);
      else this.#ownCells(host).set(name, cell);
      return cell;
    } finally {
      this.#running.pop();
    }
  }

  #ownCells(host: string): Map<string, Cell> {
    const cells = this.#hostCells.get(host) ?? new Map<string, Cell>();
    this.#hostCells.set(host, cells);
    return cells;
  }

  #compute(name: string, host: string): Cell {
    try {
      return { value: this.#typed(name, host) };
    } catch (error) {
      const failure = this.#failure(name, host, error);
      const option = this.table.get(name)?.option;
      return this.#recovers && option ? { value: placeholder(option) } : { failure };
    }
  }

  #typed(name: string, host: string): unknown {
    const entry = this.table.get(name);
    if (!entry) return this.#evaluated(definitionOf(name)?.value, name, host);
    const { option } = entry;
    const set = this.#given(name, host);
    const given = option.type === "secret" && isEmptySecret(set?.value) ? undefined : set;
    if (option.secret === "operator" && given === undefined) return new Secret("");
    if (given === undefined && option.default === undefined)
      throw missing(name, entry, this.site.places[name]);
    const raw = given ? given.value : this.#evaluated(option.default, name, host);
    const where = this.#place(name, host);
    const fits = coerce(option, raw);
    if ("expected" in fits) throw wrongValue(name, option, raw, fits, where);
    if (option.lacks && fits.value === option.lacks.value) throw lackingValue(name, option, where);
    return fits.value;
  }

  /** The operator's value; an empty one (null) counts as none unless the option is text. */
  #given(name: string, host: string): { value: unknown } | undefined {
    const variable = this.#operator.get(name);
    if (!variable) return undefined;
    if (variable.varies) this.#touchHost();
    const variables = this.host(host).variables;
    if (!Object.hasOwn(variables, name)) return undefined;
    const value = variables[name];
    const type = this.table.get(name)?.option.type;
    if ((value === null || value === undefined) && type !== "text" && type !== "any") return undefined;
    return { value };
  }

  /** A default: texts that are templates are rendered, in lists and mappings too. */
  #evaluated(value: unknown, name: string, host: string): unknown {
    if (typeof value === "string") {
      return /\{\{|\{%/.test(value) ? this.#templates.native(value, `default of ${name}`, host) : value;
    }
    if (Array.isArray(value)) return value.map((item) => this.#evaluated(item, name, host));
    if (!isMap(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, this.#evaluated(item, name, host)]),
    );
  }

  #failure(name: string, host: string, error: unknown): NoValue {
    const origin = causeOf(error, NoValue);
    if (origin) return origin;
    const problem = causeOf(error, KollaError);
    if (!problem) throw error;
    if (!problem.code.startsWith("KOLLA_TEMPLATE")) return new NoValue(name, problem);
    const wrapped = new KollaError({
      code: "KOLLA_OPTION_DEFAULT",
      message: `${name} has no value: ${problem.message}`,
      where: { host },
      hint: `Set ${name} in globals.yml.`,
      cause: error,
    });
    return new NoValue(name, wrapped);
  }

  #refuseCycle(name: string, host: string): void {
    const start = this.#running.indexOf(name);
    if (start < 0) return;
    const circle = [...this.#running.slice(start), name].join(" → ");
    throw new KollaError({
      code: "KOLLA_OPTION_CYCLE",
      message: `These variables are defined by each other: ${circle}`,
      where: this.#place(name, host),
      hint: "Give one of them a value of its own.",
    });
  }

  #place(name: string, host: string): Where {
    return this.site.places[name] ?? { host };
  }

  /** The option that a value comes from: itself, or the one that its default only names; and where the operator set it. */
  origin(name: string): { option: string; where?: Where } {
    const own = this.site.places[name];
    if (own || this.#operator.has(name)) return { option: name, ...(own && { where: own }) };
    const fallback = this.table.get(name)?.option.default;
    const other = typeof fallback === "string" ? /^\{\{ (\w+) \}\}$/.exec(fallback)?.[1] : undefined;
    return other === undefined ? { option: name } : this.origin(other);
  }

  #touchHost(): void {
    const frame = this.#frames.at(-1);
    if (frame) frame.perHost = true;
  }

  /** The container whose file is being rendered, by the name that Kolla-Ansible has for it: "nova-api". */
  #serviceName(): string | undefined {
    const frame = this.#frames.at(-1);
    if (frame) frame.perContainer = true;
    return this.#container;
  }

  /** Runs a computation and tells whether it looked at anything that differs between hosts. */
  #framed<T>(compute: () => T): Frame & { result: T } {
    const frame: Frame = { perHost: false, perContainer: false };
    this.#frames.push(frame);
    try {
      const result = compute();
      return { result, ...frame };
    } finally {
      this.#frames.pop();
      if (frame.perHost) this.#touchHost();
    }
  }

  /** For looks at a host named outright: the result is the same whoever looks. */
  #apart<T>(compute: () => T): T {
    const before = this.#frames.at(-1)?.perHost;
    try {
      return compute();
    } finally {
      const frame = this.#frames.at(-1);
      if (frame && before !== undefined) frame.perHost = before;
    }
  }

  #names(host: string): readonly string[] {
    return [...this.table.keys(), ...Object.keys(this.host(host).variables)];
  }

  /** What a name in a template stands for; undefined when it stands for nothing. */
  #lookup(name: string, host: string): unknown {
    if (this.table.has(name)) return plain(this.value(name, host));
    const given = this.#given(name, host);
    if (given) return given.value;
    const known = this.#magic(name, host) ?? this.released(name, host);
    return known === undefined && this.#empty.has(name) ? "" : known;
  }

  /**
   * What Kolla-Ansible has for a variable that no option of ours answers to, when nobody set it; undefined for a name
   * that it does not define. Services that are not here are off. Throws NoValue when its default cannot be computed.
   */
  released(name: string, host: string): unknown {
    return ownersOf(this.table).switches.has(name) ? false : this.thereByDefault(name, host);
  }

  /** As `released`, but as if every service were here. */
  thereByDefault(name: string, host: string): unknown {
    if (definitionOf(name)?.value === undefined) return undefined;
    const cell = this.#cell(name, host);
    if (cell.failure) throw cell.failure;
    return cell.value;
  }

  /** An answer may differ from host to host: the variables that a lookup looks at do. */
  #ask(question: LookupQuestion): unknown {
    this.#touchHost();
    const key = lookupKey(question);
    const answer = this.site.lookups?.[key];
    if (answer && "value" in answer) return answer.value;
    if (!answer) this.questions.set(key, question);
    throw new KollaError({
      code: "KOLLA_LOOKUP",
      message: `lookup('${question.args[0]}') has no value: ${answer?.problem ?? "Ansible was not asked"}`,
      hint: "Mend it, or give it a value for when there is none, as with errors='ignore'.",
    });
  }

  #magic(name: string, host: string): unknown {
    const shared = siteVariable(name, this.site);
    if (shared !== undefined) return shared;
    if (name === "service_name") return this.#serviceName();
    if (name === "hostvars") return this.#hostVariables();
    const own = hostVariable(name, host, this.site);
    if (own === undefined && !name.startsWith("ansible_")) return undefined;
    this.#touchHost();
    if (own !== undefined) return own;
    const facts = this.#factsOf(host);
    if (name === "ansible_facts") return facts;
    // Ansible leaves the name of the facts that a host itself keeps (ansible_local) as it is.
    return facts[name.slice("ansible_".length)] ?? facts[name];
  }

  #factsOf(host: string): Record<string, unknown> {
    const facts = this.#facts.get(host) ?? ansibleFacts(this.host(host));
    this.#facts.set(host, facts);
    return facts;
  }

  #hostVariables(): Record<string, unknown> {
    const views = this.site.hosts.map(({ name }) => [
      name,
      this.#templates.namesOf((wanted) => this.#apart(() => this.#lookup(wanted, name))),
    ]);
    return Object.fromEntries(views) as Record<string, unknown>;
  }

  /** Address of a host on a network ("api" → its api_interface), as Kolla-Ansible's filter kolla_address gives it. */
  #networkAddress(network: string, host: string, current: string): string {
    const option = `${network}_interface`;
    const find = (): string => {
      this.#touchHost();
      return interfaceAddress(this.host(host), String(this.#lookup(option, host)), this.origin(option));
    };
    return host === current ? find() : this.#apart(find);
  }
}

function missing(name: string, entry: TableEntry, place: Where | undefined): KollaError {
  const isSecret = entry.option.type === "secret";
  return new KollaError({
    code: isSecret ? "KOLLA_SECRET_MISSING" : "KOLLA_OPTION_MISSING",
    message: isSecret ? `${name} has no value in passwords.yml` : `${name} must be set: ${entry.option.doc}`,
    where: { ...place, key: name },
    hint: isSecret
      ? `Run: kolla genpwd${place?.file ? ` -p ${place.file}` : ""}`
      : `Add "${name}: …" to globals.yml.`,
  });
}

/** A value as templates see it: secrets in the clear. */
function plain(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(plain);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** The innermost error of a class in a chain of causes: where a problem began. */
function causeOf<E extends Error>(error: unknown, kind: new (...parts: never[]) => E): E | undefined {
  let found: E | undefined;
  for (let next = error; next instanceof Error; next = next.cause) if (next instanceof kind) found = next;
  return found;
}
