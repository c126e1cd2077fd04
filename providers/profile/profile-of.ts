import type { Pair } from "../pair.ts";
import { layer7Gateway } from "./layer7-gateway.ts";
import { plainMysql } from "./plain-mysql.ts";
import type { Profile } from "./profile.ts";

const profiles: Readonly<Record<Pair["profile"], Profile>> = {
  "layer7-gateway": layer7Gateway,
  "plain-mysql": plainMysql,
};

export const profileOf = (name: Pair["profile"]): Profile => profiles[name];
