/** A verb of a service's own: what its jobs with that `verb` do for an operator. */
export interface ServiceVerb {
  summary: string;
  /** Flag, as help shows it ("--verify <name>") → the option that it sets for the run: to `value`, or to the word behind it. */
  flags: Readonly<Record<string, { summary: string; option: string; value?: string }>>;
  /** Told where no host has such a job. */
  absent: { message: string; hint: string };
}
