import { type HostDesired, type Item, LABEL, type Resource } from "#model";

/** What a host should have, as text that is read in review: one item a paragraph, without what its files hold. */
export function desiredText(desired: HostDesired): string {
  const head = [
    `host ${desired.host}, release ${releaseOf(desired)}, agent ${desired.agentImage}`,
    `images\n${lines(desired.images)}`,
    `probes\n${lines(desired.probes.map(({ set, probe }) => `${set.join("/")} ${JSON.stringify(probe)}`))}`,
  ];
  return `${[...head, ...desired.items.map(itemText)].join("\n\n")}\n`;
}

function releaseOf({ items }: HostDesired): string {
  const found = items.flatMap((item) =>
    item.kind === "container" ? (item.spec.labels[LABEL.release] ?? []) : [],
  );
  return [...new Set(found)].join(", ");
}

function itemText(item: Item): string {
  const parts = [`${item.id}  [${item.set.join("/")}]`, ...detail(item)];
  const needs = item.needs.length > 0 ? [`needs ${item.needs.join(" ")}`] : [];
  return `${parts.join("\n")}${needs.length > 0 ? `\n${lines(needs)}` : ""}`;
}

function detail(item: Item): string[] {
  switch (item.kind) {
    case "file":
      return [`  ${item.mode} ${item.owner}:${item.group}${item.sensitive ? " sensitive" : ""}`];
    case "container":
      return [
        lines([
          ...specLines(item.spec),
          ...reloadLines(item),
          ...turnLines(item),
          `gate ${item.gateSeconds} s`,
        ]),
      ];
    case "job":
      return [lines([...specLines(item.spec), `key ${item.key}, at most ${item.timeoutSeconds} s`])];
    case "resource":
      return [lines(resourceLines(item.resource))];
    case "volume":
      return [];
  }
}

function specLines(spec: Extract<Item, { kind: "container" }>["spec"]): string[] {
  return Object.entries(spec).flatMap(([key, value]) => {
    if (key === "mounts") return spec.mounts.map((mount) => `mount ${Object.values(mount).join(" ")}`);
    if (key === "environment")
      return Object.entries(spec.environment).map(([name, text]) => `env ${name}=${text}`);
    const empty = value === false || (typeof value === "object" && Object.keys(value as object).length === 0);
    return empty ? [] : [`${key} ${typeof value === "string" ? value : JSON.stringify(value)}`];
  });
}

function turnLines({ turns }: Extract<Item, { kind: "container" }>): string[] {
  if (!turns) return [];
  const asked = turns.balancers.map(({ url, rows }) => `${url} ${JSON.stringify(rows)}`);
  return [
    `turns ${turns.ports.join(" ")}${turns.beside ? " beside" : ""}`,
    ...asked.map((each) => `carried by ${each}`),
  ];
}

function reloadLines({ reload = [] }: Extract<Item, { kind: "container" }>): string[] {
  return reload.map((command) => `reload ${JSON.stringify(command)}`);
}

function resourceLines(resource: Resource): string[] {
  const listed = ["statements", "entries", "puts"];
  return Object.entries(resource).flatMap(([key, value]) =>
    listed.includes(key)
      ? (value as unknown[]).map((each) => `${key} ${JSON.stringify(each)}`)
      : [`${key} ${JSON.stringify(value)}`],
  );
}

function lines(all: readonly string[]): string {
  return all.map((line) => `  ${line}`).join("\n");
}
