/**
 * What is to be there behind an API that keeps things in lists, each under an id: how each is found, made and changed.
 * The service that offers the API writes it; who ensures it knows this shape and nothing of the API.
 */

/** Stands for the id of another entry of the resource, one further up. */
export interface IdOf {
  /** Its name. */
  idOf: string;
}

/** Fields as the API calls them. */
export type EntryFields = Readonly<Record<string, string | number | boolean | IdOf>>;

export interface Entry {
  /** What other entries of the resource call it: "role admin". */
  name: string;
  /** Where it is listed and made, behind the URL of the resource: "/roles". Behind this and its id it is changed. */
  path: string;
  /** What of the list is asked for. Absent: all of it, once for all entries of the resource that are in it. */
  query?: Readonly<Record<string, string | IdOf>>;
  /** Fields of what is sent and answered: the one that holds the list, and the one that holds a single entry. */
  wrapped: { list: string; one: string };
  /** What it is found by in the list. Absent: what was asked for finds it alone, by the API's own rules. */
  found?: EntryFields;
  /** What it is made with, beside what it holds. */
  made: EntryFields;
  /** What it has from then on: changed where it differs. Absent: it is enough that it is there. */
  holds?: EntryFields;
  /** What it holds too and no list shows: set where it is not proved to be held. */
  secret?: { holds: EntryFields; proof: Proof };
  /** Other resources have the same entry: it is looked for, or made, once for all that are ensured together. */
  shared?: true;
}

/** A request without an account, by POST, that gets one of the statuses only where a secret is held. */
export interface Proof {
  path: string;
  json: unknown;
  expect: readonly number[];
}

/** A path, segment by segment. */
export type EntryPath = readonly (string | IdOf)[];
