import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "./session.ts";

/** Answers GET /ssg/ping: 200 "OK" when the database answers within the limit, else 503. Resolves when the port is open. */
export async function startPing(
  place: { readonly address: string; readonly httpPort: number; readonly timeoutMs: number },
  session: Session,
): Promise<Server> {
  const server = createServer(async (request, response) => {
    if (request.url?.split("?")[0] !== "/ssg/ping") return response.writeHead(404).end("Not found\n");
    const reached = await databaseAnswers(session, place.timeoutMs);
    return response.writeHead(reached ? 200 : 503, { "content-type": "text/plain" }).end(reached ? "OK\n" : "FAILED\n");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(place.httpPort, place.address, resolve);
  });
  return server;
}

const databaseAnswers = (session: Session, timeoutMs: number): Promise<boolean> =>
  Promise.race([
    session
      .use((sql) => sql.query("SELECT 1"))
      .then(
        () => true,
        () => false,
      ),
    sleep(timeoutMs, false, { ref: false }),
  ]);
