import { project } from "#model";

export default project("mariadb", {
  summary: "The database of all services, in a Galera cluster",
  profile: "infra",
  user: { name: "mysql", id: 42434 },
});
