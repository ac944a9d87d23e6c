import { type Balancer, TURN_SECONDS, type Turns } from "#model";
import { sleep } from "#support";
import { type Answer, ask } from "./http.ts";

/** What a load balancer says of one of its members. */
export interface Member {
  serves: boolean;
  /** How many of its requests have not ended yet. */
  busy: number;
  /** Why it gets none. */
  why: string;
}

/** Between two questions, in seconds. */
const PAUSE = 0.2;
/** What a load balancer on the same network may take for an answer, in seconds. */
const ANSWER = 5;

/** What is waited for; a load balancer that does not know the port has no member there. */
type Wanted = (member: Member | undefined) => boolean;

/**
 * Waits until every load balancer that answers says of the generation on this port what is wanted. What keeps it from that
 * when time is over; undefined when it came to it. One that does not answer sends nobody anything.
 */
async function awaitMember(
  turns: Turns,
  port: number,
  isSo: Wanted,
  seconds: number,
): Promise<string | undefined> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const said = await Promise.all(turns.balancers.map((balancer) => whyNot(balancer, turns, port, isSo)));
    const why = said.find((words) => words !== undefined);
    if (why === undefined || Date.now() >= deadline) return why;
    await sleep(PAUSE);
  }
}

async function whyNot(
  balancer: Balancer,
  turns: Turns,
  port: number,
  isSo: Wanted,
): Promise<string | undefined> {
  const answer = await answerOf(balancer);
  if (!answer) return undefined;
  const subject = `the load balancer at ${new URL(balancer.url).host}`;
  if (answer.status !== 200) return `${subject} answers ${answer.status} when asked for its members`;
  const member = memberIn(balancer, answer.text, turns.ports.indexOf(port));
  if (isSo(member)) return undefined;
  return member
    ? `${subject} says of port ${port}: ${member.why}`
    : `${subject} does not know port ${port}; bring its configuration up to date first`;
}

async function answerOf({ url, basic }: Balancer): Promise<Answer | undefined> {
  const account = Buffer.from(`${basic.user}:${basic.password}`).toString("base64");
  try {
    return await ask({ url, headers: { Authorization: `Basic ${account}` }, timeoutSeconds: ANSWER });
  } catch {
    return undefined;
  }
}

/** The member of this place among a balancer's, from the text of its table; undefined where it has none. */
export function memberIn(balancer: Balancer, table: string, place: number): Member | undefined {
  const row = balancer.rows[place];
  if (!row) return undefined;
  const [head = "", ...lines] = table.split("\n");
  const names = head.split(",");
  const rows = lines.map((line) => {
    const values = line.split(",");
    return (name: string): string => values[names.indexOf(name)] ?? "";
  });
  const field = rows.find((read) => Object.entries(row).every(([name, value]) => read(name) === value));
  if (!field) return undefined;
  const status = field(balancer.serves.field);
  return {
    serves: status.startsWith(balancer.serves.begins),
    busy: Number(field(balancer.busy)),
    why: [status, field(balancer.why)].filter(Boolean).join(", "),
  };
}

/** Load balancers send it requests. */
export function awaitServing(turns: Turns, port: number): Promise<string | undefined> {
  return awaitMember(turns, port, (member) => member?.serves === true, TURN_SECONDS.seen);
}

/** It gets no more, and those that it had have ended. */
export function awaitDrained(turns: Turns, port: number): Promise<string | undefined> {
  const isDrained: Wanted = (member) => !member || (!member.serves && member.busy === 0);
  return awaitMember(turns, port, isDrained, turns.drainSeconds);
}
