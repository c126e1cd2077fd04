/** Who a server is, however its address moves. One that was rebuilt or renumbered is another: its log starts anew. */
export const serverIdentity = (serverUuid: string, serverId: number | string): string =>
  `${serverUuid} (server_id ${serverId})`;
