import {
  ansibleFilters,
  ansibleOptions,
  Environment,
  type FilterCall,
  type Template,
  toPlain,
} from "../template/index.ts";

export interface Sources {
  /** Names that templates may use on a host. */
  names(host: string): readonly string[];
  /** What a name stands for on a host; undefined: nothing. */
  lookup(name: string, host: string): unknown;
  /** What Ansible's `lookup` gives for these arguments on a host. */
  ask(host: string, args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>): unknown;
  /** Address of a host on a network, asked for while the template of host `current` is rendered. */
  address(network: string, host: string, current: string): string;
}

/** Renders templates for hosts; names are looked up when a template asks for them. */
export class Templates {
  readonly #sources: Sources;
  readonly #environment: Environment;
  readonly #parsed = new Map<string, Template>();
  readonly #contexts = new Map<string, Record<string, unknown>>();
  #current = "";

  constructor(sources: Sources) {
    this.#sources = sources;
    const ansible = ansibleOptions();
    this.#environment = new Environment({
      ...ansible,
      globals: { ...ansible.globals, ...this.#lookups() },
      filters: {
        ...ansibleFilters,
        kolla_address: (network: unknown, host?: unknown) =>
          this.#sources.address(
            String(network),
            host === undefined ? this.#current : String(host),
            this.#current,
          ),
      },
    });
  }

  /** The value of a template, typed as Ansible's native Jinja2 types it. */
  native(text: string, name: string, host: string): unknown {
    return this.#with(host, () => this.#parse(text, name).renderNative(this.#context(host)));
  }

  /** The text of a template. */
  text(text: string, name: string, host: string): string {
    return this.#with(host, () => this.#parse(text, name).render(this.#context(host)));
  }

  /** A mapping whose values are looked up when they are asked for. */
  namesOf(lookup: (name: string) => unknown): Record<string, unknown> {
    const descriptor = (value: unknown): PropertyDescriptor | undefined =>
      value === undefined ? undefined : { value, configurable: true, enumerable: true, writable: true };
    return new Proxy<Record<string, unknown>>(
      {},
      {
        get: (_target, name) => (typeof name === "string" ? lookup(name) : undefined),
        has: (_target, name) => typeof name === "string" && lookup(name) !== undefined,
        getOwnPropertyDescriptor: (_target, name) =>
          typeof name === "string" ? descriptor(lookup(name)) : undefined,
      },
    );
  }

  /** `query`, or `q`, is the `lookup` that always gives a list. */
  #lookups(): Record<string, unknown> {
    const asks = (always: Readonly<Record<string, unknown>>) => {
      const ask = (args: unknown[], kwargs: object): unknown =>
        this.#sources.ask(this.#current, args.map(toPlain), { ...kwargs, ...always });
      return function (this: FilterCall, ...args: unknown[]): unknown {
        const kwargs = Object.entries(this.kwargs).map(([name, value]) => [name, toPlain(value)]);
        return ask(args, Object.fromEntries(kwargs));
      };
    };
    const query = asks({ wantlist: true });
    return { lookup: asks({}), query, q: query };
  }

  #with<T>(host: string, render: () => T): T {
    const before = this.#current;
    this.#current = host;
    try {
      return render();
    } finally {
      this.#current = before;
    }
  }

  #parse(text: string, name: string): Template {
    const key = `${name}\n${text}`;
    const template = this.#parsed.get(key) ?? this.#environment.fromString(text, name);
    this.#parsed.set(key, template);
    return template;
  }

  #context(host: string): Record<string, unknown> {
    const context = this.#contexts.get(host) ?? this.namesOf((name) => this.#sources.lookup(name, host));
    this.#contexts.set(host, context);
    return context;
  }
}
