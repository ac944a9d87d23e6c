export interface Rotation {
  interval: string;
  count: number;
  maxSize: string;
  minSize: string;
}

/**
 * Configuration of logrotate for the directories of logs below /var/log/kolla. Files are copied and cut, because
 * the processes that write them live in other containers and cannot be told to open them anew.
 */
export function logrotateConf(directories: readonly string[], rotation: Rotation): string {
  const all = [...new Set(directories)].sort();
  return `${[
    rotation.interval,
    `rotate ${rotation.count}`,
    "copytruncate",
    "compress",
    "delaycompress",
    "notifempty",
    "missingok",
    `minsize ${rotation.minSize}`,
    `maxsize ${rotation.maxSize}`,
    "su root kolla",
    ...all.map((directory) => `\n"/var/log/kolla/${directory}/*.log"\n{\n}`),
  ].join("\n")}\n`;
}
