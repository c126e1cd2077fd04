import type { Profile } from "./profile.ts";

/** Two MySQL servers and any application, or none. */
export const plainMysql: Profile = {
  name: "plain-mysql",
  tableClasses: {},
  // Nothing is known of the rows: save them, then the operator's word counts.
  unlistedClass: "evidence",
  neverDiscarded: [],
  stopsServices: false,
};
