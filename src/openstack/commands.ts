import { type JobPart, Secret, shell } from "#model";
import { fingerprint } from "#support";
import program from "./configured.sh";

/**
 * A job's command that first puts the configuration in place, as kolla_start does for a service, and then runs the given
 * one. For work that the image's own start script does not know.
 */
export function configured(...command: readonly string[]): readonly string[] {
  return shell("configured", program, ...command);
}

/**
 * A job's key: due again with another image and when one of the values changes (a secret only by its fingerprint).
 * `{image}` is filled in by the plan.
 */
export function dueOn(...values: readonly (string | number | Secret)[]): string {
  const plain = values.map((value) => (value instanceof Secret ? value.reveal() : value));
  return `{image} ${fingerprint(plain)}`;
}

/** Where the jobs of a schema are not as they mostly are. */
interface SchemaWays {
  /** Variables that the image wants to be told, beside KOLLA_UPGRADE, to expand the schema. */
  expand?: readonly string[];
  /** False: the project's own check is of no use. */
  checks?: boolean;
  timeoutSeconds?: number;
}

/**
 * The jobs by which the image of a container brings the service's schema to its release: in the acts of an upgrade, and
 * at once where there is none.
 */
export function schemaJobs<C extends string>(
  like: C,
  { expand = [], checks = true, ...how }: SchemaWays = {},
): JobPart<C>[] {
  const act = (name: string, ...variables: string[]): JobPart<C> => ({
    ...schemaJob(like),
    name,
    environment: Object.fromEntries(variables.map((variable) => [variable, ""])),
    ...how,
  });
  const check = { ...act("upgrade-check", "KOLLA_UPGRADE_CHECK"), act: "check" } as const;
  return [
    ...(checks ? [check] : []),
    { ...act("expand", "KOLLA_UPGRADE", ...expand), act: "expand", ...(checks && { after: [check.name] }) },
    { ...act("bootstrap", "KOLLA_BOOTSTRAP"), act: "complete", after: ["expand"] },
  ];
}

/** The job by which the image of a container makes the service's schema, or brings it up to the release. */
export function schemaJob<C extends string>(like: C): JobPart<C> {
  return { name: "bootstrap", like, environment: { KOLLA_BOOTSTRAP: "" }, waitsFor: "database" };
}
