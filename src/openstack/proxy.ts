/** How a program knows the proxies outside; nothing when there is none: what is reached without one matters only then. */
export function proxyEnvironment(proxy: Readonly<Record<string, unknown>>): Record<string, string> {
  if (!proxy.http_proxy && !proxy.https_proxy) return {};
  const set = Object.entries(proxy).filter(([, value]) => value !== "" && value !== null);
  return Object.fromEntries(set.map(([name, value]) => [name, String(value)]));
}
