import { project } from "#model";

export default project("cron", {
  summary: "Rotates the log files of all containers of a host",
  profile: "infra",
});
