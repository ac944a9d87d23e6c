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

/**
 * The jobs by which the image of a container brings the service's schema to its release: in the acts of an upgrade, and
 * at once where there is none.
 */
export function schemaJobs<C extends string>(like: C, how: { timeoutSeconds?: number } = {}): JobPart<C>[] {
  const act = (name: string, variable: string): JobPart<C> => ({
    ...schemaJob(like),
    name,
    environment: { [variable]: "" },
    ...how,
  });
  return [
    { ...act("upgrade-check", "KOLLA_UPGRADE_CHECK"), act: "check" },
    { ...act("expand", "KOLLA_UPGRADE"), act: "expand", after: ["upgrade-check"] },
    { ...act("bootstrap", "KOLLA_BOOTSTRAP"), act: "complete", after: ["expand"] },
  ];
}

/** The job by which the image of a container makes the service's schema, or brings it up to the release. */
export function schemaJob<C extends string>(like: C): JobPart<C> {
  return { name: "bootstrap", like, environment: { KOLLA_BOOTSTRAP: "" }, waitsFor: "database" };
}
