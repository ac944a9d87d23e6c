import { choice, count, type FilePart, service, size } from "#model";
import { logrotateConf } from "./logrotate.ts";

const INTERVALS = ["hourly", "daily", "weekly", "monthly"] as const;

export default service("cron", {
  summary: "Rotates the log files of all containers on a host.",
  groups: { common: ["control", "network", "compute", "storage", "monitoring"], cron: ["common"] },
  needs: [],
  containers: { cron: { group: "cron", set: "cron", serves: "host", rollout: "all" } },
  options: {
    cron_logrotate_rotation_interval: choice(INTERVALS, "weekly", "Age at which a log file is rotated."),
    cron_logrotate_rotation_count: count(6, "Rotated log files that are kept of each.", { min: 1 }),
    cron_logrotate_log_maxsize: size("100M", "Size at which a log file is rotated before its time."),
    cron_logrotate_log_minsize: size("30M", "Size below which a log file is not rotated for its age."),
    cron_logrotate_schedule: choice(INTERVALS, "daily", "How often the files are looked at."),
  },
  define: ({ opt, host, site }) => {
    const conf: FilePart = {
      name: "logrotate.conf",
      dest: "/etc/logrotate.conf",
      perm: "0600",
      sensitive: false,
      content: {
        first: [`cron/${host.name}/cron-logrotate-global.conf`, "cron/cron-logrotate-global.conf"],
        otherwise: logrotateConf(site.logs, {
          interval: opt.cron_logrotate_rotation_interval,
          count: opt.cron_logrotate_rotation_count,
          maxSize: opt.cron_logrotate_log_maxsize,
          minSize: opt.cron_logrotate_log_minsize,
        }),
      },
    };
    return {
      containers: {
        cron: {
          command: "cron -f",
          account: "root",
          files: [conf],
          environment: { KOLLA_LOGROTATE_SCHEDULE: opt.cron_logrotate_schedule },
          health: { test: "pgrep -x cron" },
          swap: { effect: "nothing", why: "two would rotate the same files", seconds: 5 },
        },
      },
    };
  },
});
