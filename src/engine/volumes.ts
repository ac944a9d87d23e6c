import { inPath, type Transport } from "./transport.ts";
import type { Engine, Volume } from "./types.ts";

interface RawVolume {
  Name: string;
  Mountpoint: string;
  Labels: Record<string, string> | null;
}

/** The part of the engine that is about named volumes. */
export function volumeCalls(transport: Transport): Engine["volumes"] {
  return {
    list: async () => {
      const found = await transport.json<{ Volumes: RawVolume[] | null }>({
        path: "/volumes",
        what: "list volumes",
      });
      return (found.Volumes ?? []).map(volume);
    },
    create: async (name, labels = {}) => {
      const json = { Name: name, Labels: labels };
      await transport.json({
        method: "POST",
        path: "/volumes/create",
        json,
        what: `create the volume ${name}`,
      });
    },
    remove: async (name) => {
      const path = `/volumes/${inPath(name)}`;
      await transport.jsonIfThere({ method: "DELETE", path, what: `remove the volume ${name}` });
    },
    inspect: async (name) => {
      const path = `/volumes/${inPath(name)}`;
      const raw = await transport.jsonIfThere<RawVolume>({ path, what: `describe the volume ${name}` });
      return raw && volume(raw);
    },
  };
}

function volume(raw: RawVolume): Volume {
  return { name: raw.Name, mountpoint: raw.Mountpoint, labels: raw.Labels ?? {} };
}
