import {
  type Api,
  type ContainerDeclaration,
  type ContainerPart,
  type DatabaseNeed,
  type Declarations,
  type Ini,
  isOlder,
  type JobPart,
  type ServiceUser,
  type Values,
} from "#model";
import { type ApiOptions, apiOptions, type Transfer } from "./api-options.ts";
import { cache } from "./cache.ts";
import { schemaJob, schemaJobs } from "./commands.ts";
import type { ConfContext, IniSection } from "./context.ts";
import { database } from "./database.ts";
import { administrator, authtoken, type ServiceAccount } from "./identity.ts";
import { logging } from "./logging.ts";
import { messaging, notifications, transportUrl } from "./messaging.ts";
import { concurrency, middleware } from "./oslo.ts";
import { programConf } from "./override.ts";
import { type Served, served, type UwsgiApplication } from "./uwsgi.ts";

/** What is to be known of an API of OpenStack; the rest follows from these and from the name of its project. */
export interface ApiFacts<G extends string> {
  /** What documentation calls the project: "Neutron". */
  title: string;
  /** What it calls the API, when that is not the title: "the network API". */
  calls?: string;
  /** The entry in Keystone's catalogue. */
  type: string;
  description: string;
  port: number;
  /** What its addresses in the catalogue end with: "/v2.1". */
  path?: string;
  /** Python's name of the application. */
  module: string;
  /** Path that answers 200 when a member works. */
  check: string;
  /** Path that asks for what lies in its database, little of it; a next generation answers it before it gets its turn. */
  trial: string;
  /** The program that serves it, whose name container, image and group have, and options with underscores. Default: <project>-api. */
  program?: G;
  /** Its file in /etc/<project>, when it is not <project>.conf. */
  file?: string;
  /** It speaks to other programs through the message brokers. */
  messaging?: true;
  /** Roles of its account. Default: admin. */
  roles?: readonly string[];
  /** Jinja2 expression text: where it holds, only the first host of its group serves it. */
  alone?: string;
  transfer?: Transfer;
  /** Variables that its image wants to be told, beside KOLLA_UPGRADE, to expand the schema. */
  expand?: readonly string[];
  /** The first release whose own upgrade check is of no use. */
  uncheckedFrom?: string;
  /** Where it is served otherwise than most. */
  uwsgi?: Pick<UwsgiApplication, "threads" | "socketTimeout">;
}

type Underscored<S extends string> = S extends `${infer First}-${infer Rest}`
  ? `${First}_${Underscored<Rest>}`
  : S;

/** The values of an API's options. */
type ApiValues<P extends string, G extends string> = Values<ApiOptions<P, Underscored<G>>["all"]>;
type ApiContext<P extends string, G extends string> = ConfContext & { opt: ApiValues<P, G> };

/** What a service says of itself where nothing deviates from the rule. */
interface Usual<P extends string, G extends string> {
  hasInstallType: true;
  groups: Readonly<Record<string, readonly string[]>>;
  needs: readonly string[];
  containers: Readonly<Record<G, ContainerDeclaration>>;
  declare(opt: ApiValues<P, G>): Declarations;
}

/** Sections that an API's configuration has by rule, in this order; those of messaging come last, when it is used. */
type ApiSections = Ini &
  Record<
    "DEFAULT" | "database" | "keystone_authtoken" | "cache" | "oslo_middleware" | "oslo_concurrency",
    IniSection
  >;

/**
 * An API of OpenStack: from its facts follow options, load balancer, catalogue, database, account, needs, container with
 * health check and gate, the job that makes its schema, and what its configuration shares with others'.
 */
export class OpenstackApi<const P extends string, const G extends string = `${P}-api`> {
  /** All, and the parts between which the service may put its own. */
  readonly options: ApiOptions<P, Underscored<G>>;
  readonly usual: Usual<P, G>;
  /** Makes the schema, or brings it up to the release. */
  readonly bootstrap: JobPart<G>;
  readonly #project: P;
  readonly #program: G;
  /** Of its frontend; options of its ports begin with it. */
  readonly #name: Underscored<G>;
  readonly #facts: ApiFacts<G>;

  constructor(project: P, facts: ApiFacts<G>) {
    const program = facts.program ?? (`${project}-api` as G);
    const { title, calls = title, port, path, transfer } = facts;
    this.#project = project;
    this.#program = program;
    this.#name = program.replaceAll("-", "_") as Underscored<G>;
    this.#facts = facts;
    this.options = apiOptions(project, this.#name, { title, calls, port, path, transfer });
    this.usual = {
      hasInstallType: true,
      groups: { [project]: ["control"], [program]: [project] },
      needs: this.#needs(),
      containers: keyed(program, this.#container()),
      declare: (opt) => ({
        apis: [this.api(opt)],
        databases: [this.database(opt)],
        users: [this.user(opt)],
        logs: [project],
      }),
    };
    this.bootstrap = schemaJob(program);
  }

  /** What the load balancer, the catalogue, prechecks and probes make of it. */
  api(opt: ApiValues<P, G>): Api {
    const { type, description, check, transfer } = this.#facts;
    const [project, name, value] = [this.#project, this.#name, reader(opt)];
    return {
      name,
      group: this.#program,
      mode: "http",
      port: value(`${name}_port`),
      publicPort: value(`${name}_public_port`),
      listenPort: value(`${name}_listen_port`),
      sparePort: value(`${name}_spare_port`),
      check,
      ...(transfer && {
        frontendExtra: [`timeout client ${value(`haproxy_${name}_client_timeout`)}`],
        backendExtra: [`timeout server ${value(`haproxy_${name}_server_timeout`)}`],
      }),
      catalogue: {
        service: project,
        type,
        description,
        internal: value(`${project}_internal_endpoint`),
        public: value(`${project}_public_endpoint`),
      },
    };
  }

  database(opt: ApiValues<P, G>): DatabaseNeed {
    const [project, value] = [this.#project, reader(opt)];
    return {
      schema: value(`${project}_database_name`),
      user: value(`${project}_database_user`),
      password: value(`${project}_database_password`),
    };
  }

  /** The jobs of its schema, in the acts of an upgrade. */
  acts({ release }: Pick<ConfContext, "release">): JobPart<G>[] {
    const { expand = [], uncheckedFrom } = this.#facts;
    const checks = uncheckedFrom === undefined || isOlder(release, uncheckedFrom);
    return schemaJobs(this.#program, { expand, checks });
  }

  account(opt: ApiValues<P, G>): ServiceAccount {
    const [project, value] = [this.#project, reader(opt)];
    return { user: value(`${project}_keystone_user`), password: value(`${project}_keystone_password`) };
  }

  user(opt: ApiValues<P, G>): ServiceUser {
    const { user: name, password } = this.account(opt);
    return { name, password, roles: this.#facts.roles ?? ["admin"] };
  }

  /** The container's main process with its health check and its gate, and the file that the process is started with. */
  served(context: ApiContext<P, G>): Served {
    return served(context, this.api(context.opt), {
      service: this.#project,
      name: this.#program,
      module: this.#facts.module,
      processes: reader(context.opt)(`${this.#project}_api_workers`),
      trial: { path: this.#facts.trial, account: administrator(context) },
      ...this.#facts.uwsgi,
    });
  }

  /** The container, with the configuration `ini` and what it has besides; files of its own come last. */
  container(
    context: ApiContext<P, G>,
    ini: Ini,
    own: Omit<Partial<ContainerPart>, "swap"> = {},
  ): ContainerPart {
    const { part, server } = this.served(context);
    const { file } = this.#facts;
    const names = { service: this.#project, program: this.#program, ...(file !== undefined && { file }) };
    return {
      ...part,
      ...own,
      files: [programConf(context.host, names, ini), server, ...(own.files ?? [])],
    };
  }

  /** What its configuration has as every API's has it. */
  sections(context: ApiContext<P, G>): ApiSections {
    const [project, { opt }] = [this.#project, context];
    const queue = this.#facts.messaging;
    return {
      DEFAULT: {
        ...logging(context, project, `${this.#program}.log`),
        ...(queue && { transport_url: transportUrl(context) }),
      },
      database: database(context, this.database(opt)),
      keystone_authtoken: authtoken(context, this.account(opt)),
      cache: cache(context),
      oslo_middleware: middleware(),
      oslo_concurrency: concurrency(project),
      ...(queue && {
        oslo_messaging_notifications: notifications(context, project),
        oslo_messaging_rabbit: messaging(context),
      }),
    };
  }

  /** Its configuration with what every API has; sections of its own stand in the midst. */
  conf(context: ApiContext<P, G>, { DEFAULT: own, ...more }: Ini): Ini {
    const { DEFAULT, database: schema, keystone_authtoken, ...shared } = this.sections(context);
    return { DEFAULT: { ...DEFAULT, ...own }, database: schema, keystone_authtoken, ...more, ...shared };
  }

  #container(): ContainerDeclaration {
    const { alone } = this.#facts;
    const [group, set] = [this.#program, `${this.#program}-operation`];
    return { group, set, ...(alone !== undefined && { alone }) };
  }

  /** What its rule makes use of: the VIP, a database, brokers, the cache of tokens, an account. */
  #needs(): readonly string[] {
    const brokers = this.#facts.messaging ? ["rabbitmq"] : [];
    return ["loadbalancer", "mariadb", ...brokers, "memcached", "keystone"];
  }
}

/** Reads options by names that are made from others, which types cannot follow; the rule that makes them is `apiOptions`. */
const reader =
  (opt: object) =>
  <T>(option: string): T =>
    (opt as Readonly<Record<string, unknown>>)[option] as T;

const keyed = <K extends string, T>(key: K, value: T): Record<K, T> => ({ [key]: value }) as Record<K, T>;
