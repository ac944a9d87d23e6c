import { project } from "#model";

export default project("base", {
  summary: "What every image holds: the start, the configuration and the health checks of a container",
  profile: "base",
  user: { name: "kolla", id: 42400 },
});
